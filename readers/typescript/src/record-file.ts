/** The records of one complete file: its ends first, then whatever FOOTER vouches for (FORMAT.md, section 9). */

import type { ByteSource, Bytes } from "./byte-source.js";
import { crc32 } from "./crc32.js";
import { PREAMBLE_CRC32, readTrailer } from "./ends.js";
import { DamagedFileError } from "./errors.js";
import { type FileHead, HEADER_SEQ, readHead, unlock } from "./header.js";
import { ContentType, type Footer, FooterSchema, parse, RecordKind } from "./messages.js";
import { expectRecord, located, openBody, readStored, type StoredRecord } from "./record.js";
import type { Seal } from "./seal.js";

/** A record as INDEX or FOOTER lists it. */
export interface Listed {
    /** Of its length prefix, in bytes from the start of the file. */
    readonly offset: number | bigint;
    /** Of length prefix and record, in bytes. */
    readonly size: number | bigint;
    /** Its position in the file. */
    readonly seq: number | bigint;
    /** Its checksum. */
    readonly crc32: number;
}

// What may follow what, unknown kinds aside, by what the file holds.
const FOLLOWERS: Partial<Record<ContentType, Partial<Record<RecordKind, readonly RecordKind[]>>>> = {
    [ContentType.ANNOTATIONS]: {
        [RecordKind.HEADER]: [RecordKind.META],
        [RecordKind.META]: [RecordKind.BLOCK, RecordKind.INDEX],
        [RecordKind.BLOCK]: [RecordKind.BLOCK, RecordKind.INDEX],
        [RecordKind.INDEX]: [RecordKind.INDEX, RecordKind.FOOTER],
    },
    [ContentType.MEDIA]: {
        [RecordKind.HEADER]: [RecordKind.META],
        [RecordKind.META]: [RecordKind.MEDIA, RecordKind.FOOTER],
        [RecordKind.MEDIA]: [RecordKind.MEDIA, RecordKind.FOOTER],
    },
};

/** The records of one complete file. */
export class RecordFile {
    readonly source: ByteSource;
    readonly head: FileHead;
    /** The body of FOOTER. */
    readonly footer: Footer;
    /** Where FOOTER is. */
    readonly footerOffset: number;
    readonly #footerSize: number;
    readonly #seal: Seal | undefined;

    private constructor(
        source: ByteSource,
        head: FileHead,
        seal: Seal | undefined,
        footer: Footer,
        place: { offset: number; size: number },
    ) {
        this.source = source;
        this.head = head;
        this.#seal = seal;
        this.footer = footer;
        this.footerOffset = place.offset;
        this.#footerSize = place.size;
    }

    /**
     * Read both ends of a file.
     *
     * @param source - The file.
     * @param content - What it has to hold.
     * @param key - The text of its key; undefined: it is not encrypted.
     * @param maxRecordSize - The largest records that are accepted, in bytes.
     * @throws {@link FileError} It is no such file, damaged, incomplete, or needs a newer reader.
     * @throws {@link KeyProblemError} The key does not open it.
     */
    static async open(
        source: ByteSource,
        content: ContentType,
        key: string | undefined,
        maxRecordSize: number,
    ): Promise<RecordFile> {
        const head = await readHead(source, content, maxRecordSize);
        const seal = await unlock(source, head, key);
        const limit = Number(head.header.maxRecordSize);
        const place = await readTrailer(source, head.sync, head.end);
        const record = await readStored(source, place.offset, limit, place.size);
        expectRecord(source, record, RecordKind.FOOTER, head.sync);
        const body = await openBody(source, record, seal, limit);
        const footer = await located(source, place.offset, () => {
            const parsed = parse(FooterSchema, body);
            if (parsed.recordCount !== record.envelope.seq) {
                const { seq } = record.envelope;
                throw new DamagedFileError(`FOOTER counts ${parsed.recordCount} records, its own number is ${seq}`);
            }
            return parsed;
        });
        return new RecordFile(source, head, seal, footer, place);
    }

    /** Return the body of META. */
    async meta(): Promise<Bytes> {
        const record = await readStored(this.source, this.head.end, this.#limit);
        expectRecord(this.source, record, RecordKind.META, this.head.sync, HEADER_SEQ + 1n);
        return this.body(record);
    }

    /**
     * Return the body of a record that another one lists.
     *
     * @throws {@link DamagedFileError} The record there is not the one that was listed.
     */
    async readListed(kind: RecordKind, listed: Listed): Promise<Bytes> {
        // Whatever is beyond the end of the file is refused as such, however large the number.
        const [offset, size] = [Number(listed.offset), Number(listed.size)];
        const record = await readStored(this.source, offset, this.#limit, size);
        expectRecord(this.source, record, kind, this.head.sync, BigInt(listed.seq));
        if (record.envelope.crc32 !== listed.crc32) {
            throw new DamagedFileError("the record is not the one that the index lists", this.source.name, offset);
        }
        return this.body(record);
    }

    /** Return a record's body, decrypted and decompressed. */
    body(record: StoredRecord): Promise<Bytes> {
        return openBody(this.source, record, this.#seal, this.#limit);
    }

    /**
     * Walk over every record from META to FOOTER, in order.
     *
     * @throws {@link DamagedFileError} Records are missing, repeated, out of order or from another file.
     */
    async *records(): AsyncGenerator<StoredRecord> {
        const { source, head } = this;
        const followers = FOLLOWERS[head.header.content] ?? {};
        let checksum = chained(head.crc32, chained(PREAMBLE_CRC32, 0));
        let previous = RecordKind.HEADER;
        let offset = head.end;
        for (let seq = HEADER_SEQ + 1n; offset <= this.footerOffset; seq++) {
            const isFooter = offset === this.footerOffset;
            const record = await readStored(source, offset, this.#limit, isFooter ? this.#footerSize : undefined);
            const { kind } = record.envelope;
            expectRecord(source, record, isFooter ? RecordKind.FOOTER : kind, head.sync, seq);
            if (RecordKind[kind] !== undefined || previous === RecordKind.HEADER) {
                if (!followers[previous]?.includes(kind) || (kind === RecordKind.FOOTER) !== isFooter) {
                    throw new DamagedFileError(`a record of kind ${kind} is not in its place`, source.name, offset);
                }
                previous = kind;
            }
            if (isFooter && checksum !== this.footer.recordsCrc32) {
                throw new DamagedFileError("FOOTER vouches for other records than the file has", source.name, offset);
            }
            yield record;
            checksum = chained(record.envelope.crc32, checksum);
            offset += record.size;
        }
        // A record of an unknown kind may reach over FOOTER, to its very end.
        if (previous !== RecordKind.FOOTER || offset !== this.footerOffset + this.#footerSize) {
            throw new DamagedFileError("the records do not lead to FOOTER", source.name, this.footerOffset);
        }
    }

    get #limit(): number {
        return Number(this.head.header.maxRecordSize);
    }
}

/** Add a record's checksum to that of all records before it. */
function chained(checksum: number, before: number): number {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, checksum, true);
    return crc32(bytes, before);
}
