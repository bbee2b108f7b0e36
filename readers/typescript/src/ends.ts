/** PREAMBLE and TRAILER: the two ends of a file, of constant size and compared byte by byte (FORMAT.md, section 5). */

import { type ByteSource, type Bytes, readExactly } from "./byte-source.js";
import { crc32 } from "./crc32.js";
import { recordContext } from "./envelope.js";
import { DamagedFileError, NotADatumFileError, TruncatedFileError } from "./errors.js";

/** The size of PREAMBLE in bytes. */
export const PREAMBLE_SIZE = 37;
/** The size of TRAILER in bytes. */
export const TRAILER_SIZE = 48;
/** The checksum of every PREAMBLE. */
export const PREAMBLE_CRC32 = 0x823146d6;

const SYNC_OFFSET = 2;
const SYNC_SIZE = 8;
const MAGIC_OFFSET = 25;
const MAGIC = Uint8Array.of(0x89, 0x44, 0x41, 0x54, 0x55, 0x4d, 0x50, 0x42, 0x0d, 0x0a, 0x1a, 0x0a);
const KIND_TRAILER = 8;

/**
 * Read the start of a file and return its sync bytes, as a little-endian number.
 *
 * @throws {@link NotADatumFileError} The file is something else.
 * @throws {@link TruncatedFileError} The file ends inside of PREAMBLE.
 * @throws {@link DamagedFileError} PREAMBLE is damaged.
 */
export async function readPreamble(source: ByteSource): Promise<bigint> {
    const data = await readExactly(source, 0, Math.min(PREAMBLE_SIZE, source.size));
    if (data.length === 0) {
        throw new NotADatumFileError("the file is empty", source.name);
    }
    const magic = data.subarray(MAGIC_OFFSET);
    if (data.length === PREAMBLE_SIZE) {
        const sync = data.slice(SYNC_OFFSET, SYNC_OFFSET + SYNC_SIZE);
        if (equal(data, preamble(sync))) {
            return new DataView(sync.buffer).getBigUint64(0, true);
        }
        if (equal(magic, MAGIC)) {
            throw new DamagedFileError("PREAMBLE is damaged", source.name, 0);
        }
    } else if (
        equal(magic, MAGIC.subarray(0, magic.length)) &&
        equal(data.subarray(0, 2), preambleStart(data.length))
    ) {
        throw new TruncatedFileError(`the file ends at byte ${data.length}, inside of PREAMBLE`, source.name, 0);
    }
    throw new NotADatumFileError("not a .datum file of datumpb", source.name);
}

/**
 * Read the end of a file and return where FOOTER is, which lies between `start` and TRAILER.
 *
 * @param source - The file.
 * @param sync - Its sync bytes, as a little-endian number.
 * @param start - The offset behind HEADER.
 * @throws {@link TruncatedFileError} There is no TRAILER: the file was cut off or its writer never finished.
 * @throws {@link DamagedFileError} There is one, and it is damaged.
 */
export async function readTrailer(
    source: ByteSource,
    sync: bigint,
    start: number,
): Promise<{ offset: number; size: number }> {
    const offset = source.size - TRAILER_SIZE;
    const data = offset >= PREAMBLE_SIZE ? await readExactly(source, offset, TRAILER_SIZE) : new Uint8Array(0);
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    if (data.length === 0 || data[0] !== 0x2f || data[1] !== 0x09 || view.getBigUint64(SYNC_OFFSET, true) !== sync) {
        throw new TruncatedFileError(
            "there is no TRAILER at the end: the file was cut off, or never finished",
            source.name,
        );
    }
    const footerOffset = Number(view.getBigUint64(22, true));
    const footerSize = offset - footerOffset;
    const inside = start <= footerOffset && footerSize > 0;
    if (!inside || !equal(data, trailer(sync, footerOffset, footerSize))) {
        throw new DamagedFileError("TRAILER is damaged, or does not fit the file", source.name, offset);
    }
    return { offset: footerOffset, size: footerSize };
}

function preambleStart(size: number): Uint8Array {
    return Uint8Array.of(PREAMBLE_SIZE - 1, 0x09).subarray(0, size);
}

function preamble(sync: Uint8Array): Bytes {
    const checksum = [0xd6, 0x46, 0x31, 0x82];
    return Uint8Array.of(
        0x24,
        0x09,
        ...sync,
        0x10,
        1,
        0x18,
        0,
        0x20,
        1,
        0x35,
        ...checksum,
        0x42,
        0x0e,
        0x0a,
        0x0c,
        ...MAGIC,
    );
}

function trailer(sync: bigint, footerOffset: number, footerSize: number): Bytes {
    const data = new Uint8Array(TRAILER_SIZE);
    const view = new DataView(data.buffer);
    data.set([TRAILER_SIZE - 1, 0x09]);
    view.setBigUint64(SYNC_OFFSET, sync, true);
    data.set([0x10, KIND_TRAILER, 0x20, 1, 0x35], 10);
    data.set([0x42, 27, 0x09], 19);
    view.setBigUint64(22, BigInt(footerOffset), true);
    data[30] = 0x11;
    view.setBigUint64(31, BigInt(footerSize), true);
    data[39] = 0x19;
    view.setBigUint64(40, BigInt(footerOffset + footerSize + TRAILER_SIZE), true);
    view.setUint32(15, crc32(data.subarray(21), crc32(recordContext(KIND_TRAILER, 1, 0n, 0n))), true);
    return data;
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
    return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
