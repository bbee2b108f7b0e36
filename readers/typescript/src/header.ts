/** HEADER: what a reader has to know before anything else, and the refusal of what it cannot read right. */

import { type ByteSource, type Bytes, readExactly } from "./byte-source.js";
import { PREAMBLE_SIZE, readPreamble } from "./ends.js";
import {
    DamagedFileError,
    LimitError,
    MissingKeyError,
    shown,
    UnexpectedKeyError,
    UnsupportedFileError,
    WrongKeyError,
} from "./errors.js";
import { parseKey } from "./keys.js";
import { Aead, type ContentType, type Header, HeaderSchema, parse, RecordKind } from "./messages.js";
import { expectRecord, located, openBody, readStored } from "./record.js";
import { Seal } from "./seal.js";

/** HEADER's place among the records. */
export const HEADER_SEQ = 1n;
/** The largest records that a reader accepts where it is not told otherwise, in bytes. */
export const DEFAULT_MAX_RECORD_SIZE = 268_435_456;

const FORMAT_MAJOR = 1;
const HEADER_LIMIT = 1 << 20;
const SALT_SIZE = 32;
const COMMITMENT_SIZE = 32;

/** What the start of a file says. */
export interface FileHead {
    /** The number in every record's `sync`. */
    readonly sync: bigint;
    /** The body of HEADER. */
    readonly header: Header;
    /** HEADER's checksum. */
    readonly crc32: number;
    /** The offset behind HEADER. */
    readonly end: number;
}

/**
 * Read PREAMBLE and HEADER, and refuse what this reader cannot read right.
 *
 * @param source - The file.
 * @param content - What it has to hold.
 * @param maxRecordSize - The largest records that are accepted, in bytes.
 * @throws {@link NotADatumFileError} The file is something else.
 * @throws {@link UnsupportedFileError} It needs a newer reader.
 * @throws {@link LimitError} It asks for larger records than this reader accepts.
 * @throws {@link DamagedFileError} It is damaged.
 */
export async function readHead(source: ByteSource, content: ContentType, maxRecordSize: number): Promise<FileHead> {
    const sync = await readPreamble(source);
    const record = await readStored(source, PREAMBLE_SIZE, HEADER_LIMIT);
    expectRecord(source, record, RecordKind.HEADER, sync, HEADER_SEQ);
    const body = await openBody(source, record, undefined, HEADER_LIMIT);
    const header = await located(source, PREAMBLE_SIZE, () => {
        const parsed = parse(HeaderSchema, body);
        checkHeader(parsed, content, maxRecordSize);
        return parsed;
    });
    return { sync, header, crc32: record.envelope.crc32, end: PREAMBLE_SIZE + record.size };
}

/**
 * Return how a file's records are encrypted, or undefined where they are not.
 *
 * @throws {@link MissingKeyError} The file is encrypted, and there is no key.
 * @throws {@link UnexpectedKeyError} There is a key, and the file is not encrypted.
 * @throws {@link InvalidKeyError} The key is not one.
 * @throws {@link WrongKeyError} The file was encrypted with another key.
 */
export async function unlock(source: ByteSource, head: FileHead, key: string | undefined): Promise<Seal | undefined> {
    const { encryption } = head.header;
    const name = shown(source.name);
    if (key === undefined) {
        if (encryption !== undefined) {
            throw new MissingKeyError(`${name}: the file is encrypted: give its key`);
        }
        return undefined;
    }
    const rawKey = parseKey(key);
    if (encryption === undefined) {
        throw new UnexpectedKeyError(
            `${name}: a key was given, but the file is not encrypted; was it replaced by another?`,
        );
    }
    const start: Bytes = await readExactly(source, 0, head.end);
    const headerHash = new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", start));
    const seal = await Seal.derive(rawKey, new Uint8Array(encryption.salt), headerHash);
    if (!seal.committedTo(encryption.commitment)) {
        throw new WrongKeyError(`${name}: wrong key: the file was encrypted with another one`);
    }
    return seal;
}

function checkHeader(header: Header, content: ContentType, maxRecordSize: number): void {
    if (header.formatMajor === 0) {
        throw new DamagedFileError("HEADER states no format version");
    }
    if (header.formatMajor > FORMAT_MAJOR) {
        throw new UnsupportedFileError(
            `format version ${header.formatMajor}.${header.formatMinor} needs a newer reader than this`,
        );
    }
    if (header.requiredFeatures.length > 0) {
        throw new UnsupportedFileError(
            `the file requires '${shown(header.requiredFeatures[0])}', which this reader does not know`,
        );
    }
    if (header.maxRecordSize === 0n) {
        throw new DamagedFileError("HEADER states no limit for records");
    }
    if (header.maxRecordSize > maxRecordSize) {
        throw new LimitError(
            `records of ${header.maxRecordSize} bytes are announced, this reader's max_record_size is ${maxRecordSize}`,
        );
    }
    if (header.content !== content) {
        throw new DamagedFileError(`expected a file of content ${content}, this one has content ${header.content}`);
    }
    if (header.encryption !== undefined) {
        checkEncryption(header.encryption);
    }
}

function checkEncryption(encryption: NonNullable<Header["encryption"]>): void {
    if (encryption.aead !== Aead.AES_256_GCM) {
        throw new UnsupportedFileError(
            `the file is encrypted by a method (${encryption.aead}) that this reader does not know`,
        );
    }
    if (encryption.salt.length !== SALT_SIZE || encryption.commitment.length !== COMMITMENT_SIZE) {
        throw new DamagedFileError("the encryption parameters in HEADER have the wrong size");
    }
}
