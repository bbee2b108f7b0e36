/** The envelope around everything in a file: only its shortest form is accepted (FORMAT.md, section 4). */

import type { Bytes } from "./byte-source.js";
import { crc32 } from "./crc32.js";
import { DamagedFileError } from "./errors.js";

/** The longest length prefix that a record may have, in bytes. */
export const MAX_PREFIX_SIZE = 5;

/** A record's envelope. */
export interface Envelope {
    /** The file's eight sync bytes, as a little-endian number. */
    readonly sync: bigint;
    /** What the record is, from 1 to 255. */
    readonly kind: number;
    /** Its position in the file. */
    readonly seq: bigint;
    /** How its body is compressed, from 1 to 255. */
    readonly codec: number;
    /** The size of its body before compression and encryption, in bytes. */
    readonly rawSize: bigint;
    /** The CRC-32 of context, nonce and payload. */
    readonly crc32: number;
    /** 12 bytes in an encrypted record, else none. */
    readonly nonce: Bytes;
    /** The body, compressed and encrypted. */
    readonly payload: Bytes;
}

const NOTHING: Bytes = new Uint8Array(0);
// The tags of the eight fields: number and wire type, one byte each.
const [SYNC, KIND, SEQ, CODEC, RAW_SIZE, CRC32, NONCE, PAYLOAD] = [0x09, 0x10, 0x18, 0x20, 0x28, 0x35, 0x3a, 0x42];
const REQUIRED = [SYNC, KIND, SEQ, CODEC, RAW_SIZE, CRC32];

/** Return the 24 bytes that bind a payload to its place: checksummed, and authenticated where encrypted. */
export function recordContext(kind: number, codec: number, seq: bigint, rawSize: bigint): Bytes {
    const context = new Uint8Array(24);
    const view = new DataView(context.buffer);
    view.setUint32(0, 0x44545042); // "DTPB"
    context.set([1, kind, codec, 0], 4);
    view.setBigUint64(8, seq);
    view.setBigUint64(16, rawSize);
    return context;
}

/**
 * Read a record's length prefix.
 *
 * @param head - What stands at the record's offset, at least as many bytes as the prefix has.
 * @returns The length, and the size of the prefix itself; undefined where `head` ends inside of the prefix.
 * @throws {@link DamagedFileError} It is no varint of at most five bytes in its shortest form.
 */
export function decodePrefix(head: Uint8Array): { length: number; size: number } | undefined {
    let length = 0;
    for (let index = 0; index < Math.min(MAX_PREFIX_SIZE, head.length); index++) {
        const byte = head[index];
        length += (byte & 0x7f) * 2 ** (7 * index);
        if (byte < 0x80) {
            if (byte === 0 && index > 0) {
                throw new DamagedFileError("the length prefix is padded");
            }
            return { length, size: index + 1 };
        }
    }
    if (head.length >= MAX_PREFIX_SIZE) {
        throw new DamagedFileError("the length prefix has no end");
    }
    return undefined;
}

/**
 * Parse the envelope of a record between the two ends of a file, and verify its checksum.
 *
 * @throws {@link DamagedFileError} It is not a record in its shortest form, or its checksum is wrong.
 */
export function parseEnvelope(data: Bytes): Envelope {
    const fields = new Map<number, bigint>();
    let nonce = NOTHING;
    let payload = NOTHING;
    const cursor = new Cursor(data);
    while (!cursor.atEnd()) {
        const tag = cursor.byte();
        refuseUnless(!fields.has(tag));
        if (tag === KIND || tag === SEQ || tag === CODEC || tag === RAW_SIZE) {
            fields.set(tag, cursor.varint());
        } else if (tag === SYNC || tag === CRC32) {
            fields.set(tag, cursor.fixed(tag === SYNC ? 8 : 4));
        } else if (tag === NONCE || tag === PAYLOAD) {
            const length = cursor.varint();
            refuseUnless(length > 0n);
            fields.set(tag, length);
            const bytes = cursor.bytes(length);
            [nonce, payload] = tag === NONCE ? [bytes, payload] : [nonce, bytes];
        } else {
            refuseUnless(false);
        }
    }
    refuseUnless(REQUIRED.every((tag) => fields.has(tag)));
    const [sync, kind, seq, codec, rawSize, checksum] = REQUIRED.map((tag) => fields.get(tag) ?? 0n);
    refuseUnless(kind > 0n && kind < 256n && codec > 0n && codec < 256n);
    const context = recordContext(Number(kind), Number(codec), seq, rawSize);
    if (crc32(payload, crc32(nonce, crc32(context))) !== Number(checksum)) {
        throw new DamagedFileError("checksum mismatch: the record is damaged");
    }
    return { sync, kind: Number(kind), seq, codec: Number(codec), rawSize, crc32: Number(checksum), nonce, payload };
}

function refuseUnless(condition: boolean): void {
    if (!condition) {
        throw new DamagedFileError("not a well-formed record");
    }
}

/** A place in an envelope that moves on with each value that is read. */
class Cursor {
    readonly #data: Bytes;
    #at = 0;

    constructor(data: Bytes) {
        this.#data = data;
    }

    atEnd(): boolean {
        return this.#at === this.#data.length;
    }

    byte(): number {
        refuseUnless(this.#at < this.#data.length);
        return this.#data[this.#at++];
    }

    varint(): bigint {
        let value = 0n;
        for (let shift = 0n; shift < 70n; shift += 7n) {
            const byte = this.byte();
            value |= BigInt(byte & 0x7f) << shift;
            if (byte < 0x80) {
                refuseUnless((byte > 0 || shift === 0n) && value < 1n << 64n);
                return value;
            }
        }
        throw new DamagedFileError("not a well-formed record");
    }

    fixed(size: 4 | 8): bigint {
        const bytes = this.bytes(BigInt(size));
        const view = new DataView(bytes.buffer, bytes.byteOffset, size);
        return size === 8 ? view.getBigUint64(0, true) : BigInt(view.getUint32(0, true));
    }

    bytes(length: bigint): Bytes {
        refuseUnless(length <= BigInt(this.#data.length - this.#at));
        this.#at += Number(length);
        return this.#data.subarray(this.#at - Number(length), this.#at);
    }
}
