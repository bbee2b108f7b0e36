/** Records read from a file: length prefix, limits, place, body (FORMAT.md, section 4). */

import { type ByteSource, type Bytes, readExactly } from "./byte-source.js";
import { decompress } from "./compression.js";
import { decodePrefix, type Envelope, MAX_PREFIX_SIZE, parseEnvelope } from "./envelope.js";
import { DamagedFileError, FileError, LimitError, TruncatedFileError } from "./errors.js";
import { RecordKind } from "./messages.js";
import type { Seal } from "./seal.js";

// One request over a network gives most small records as a whole.
const FIRST_READ = 4096;

/** A record as it stands in the file, its checksum already verified. */
export interface StoredRecord {
    /** Of its length prefix, in bytes from the start of the file. */
    readonly offset: number;
    /** Of length prefix and record together, in bytes. */
    readonly size: number;
    /** The envelope. */
    readonly envelope: Envelope;
}

/**
 * Read the record at an offset and verify its checksum.
 *
 * @param source - The file.
 * @param offset - Of the record's length prefix.
 * @param limit - The largest record that is accepted, in bytes without length prefix.
 * @param size - Of length prefix and record, where it is known.
 * @throws {@link LimitError} The record claims to be larger than `limit`.
 * @throws {@link TruncatedFileError} The file ends inside of the record.
 * @throws {@link DamagedFileError} The record is not what was written.
 */
export async function readStored(
    source: ByteSource,
    offset: number,
    limit: number,
    size?: number,
): Promise<StoredRecord> {
    if (size !== undefined && size > limit + MAX_PREFIX_SIZE) {
        throw tooLarge(source, offset, size, limit);
    }
    const rest = Math.max(source.size - offset, 0);
    const head = await readExactly(source, offset, size ?? Math.min(FIRST_READ, rest));
    return located(source, offset, async () => {
        const prefix = decodePrefix(head);
        if (prefix === undefined) {
            const text = "the length prefix is cut off";
            throw offset + head.length === source.size ? new TruncatedFileError(text) : new DamagedFileError(text);
        }
        if (prefix.length > limit) {
            throw tooLarge(source, offset, prefix.length, limit);
        }
        const end = prefix.size + prefix.length;
        if (size !== undefined && size !== end) {
            throw new DamagedFileError(`the index says ${size} bytes, the record itself ${end}`);
        }
        const data = end > head.length ? await readExactly(source, offset, end) : head;
        return { offset, size: end, envelope: parseEnvelope(data.subarray(prefix.size, end)) };
    });
}

/**
 * Check that a record is of its file, of a kind and in its place.
 *
 * @throws {@link DamagedFileError} It is not.
 */
export function expectRecord(source: ByteSource, record: StoredRecord, kind: number, sync: bigint, seq?: bigint): void {
    const { envelope } = record;
    let text: string;
    if (envelope.sync !== sync) {
        text = "the record belongs to another file";
    } else if (envelope.kind !== kind) {
        text = `expected ${RecordKind[kind] ?? `record kind ${kind}`}, found record kind ${envelope.kind}`;
    } else if (seq !== undefined && envelope.seq !== seq) {
        text = `records are missing, repeated or out of order: expected number ${seq}, found ${envelope.seq}`;
    } else {
        return;
    }
    throw new DamagedFileError(text, source.name, record.offset);
}

/**
 * Decrypt and decompress a record's body.
 *
 * @param source - The file, for error messages.
 * @param record - The record.
 * @param seal - How it is encrypted; undefined: it is not.
 * @param limit - The largest body that is accepted, in bytes.
 * @throws {@link LimitError} The body claims to be larger than `limit`.
 * @throws {@link AuthenticationError} An encrypted record is not what was written there.
 * @throws {@link DamagedFileError} The body cannot be had from what is stored.
 */
export function openBody(
    source: ByteSource,
    record: StoredRecord,
    seal: Seal | undefined,
    limit: number,
): Promise<Bytes> {
    const { envelope } = record;
    return located(source, record.offset, async () => {
        if (envelope.rawSize > limit) {
            throw new LimitError(`a body of ${envelope.rawSize} bytes is announced, the limit is ${limit}`);
        }
        if (seal === undefined && envelope.nonce.length > 0) {
            throw new DamagedFileError("an encrypted record in a file that is not encrypted");
        }
        const stored = seal === undefined ? envelope.payload : await seal.open(envelope);
        return decompress(envelope.codec, stored, Number(envelope.rawSize));
    });
}

/** Do something with a part of a file; an error that does not know its place is told it. */
export async function located<T>(source: ByteSource, offset: number, action: () => T | Promise<T>): Promise<T> {
    try {
        return await action();
    } catch (error) {
        throw error instanceof FileError ? error.at(source.name, offset) : error;
    }
}

function tooLarge(source: ByteSource, offset: number, size: number, limit: number): LimitError {
    return new LimitError(`a record of ${size} bytes is announced, the limit is ${limit}`, source.name, offset);
}
