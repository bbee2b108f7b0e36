/** Where the bytes of a file come from: memory, a Blob, or whatever else can be read at any offset. */

import { FileError, TruncatedFileError } from "./errors.js";

/** Bytes as WebCrypto takes them: not of shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** A file that can be read at any offset. */
export interface ByteSource {
    /** What error messages call it, such as its path. */
    readonly name: string;
    /** Its size in bytes. */
    readonly size: number;
    /**
     * Read `length` bytes from `offset`; both lie inside of the file.
     *
     * @throws {@link FileError} It cannot be read.
     */
    readAt(offset: number, length: number): Promise<Bytes>;
    /** Let go of what the source holds, such as an open file. */
    close?(): Promise<void>;
}

/**
 * Read exactly `length` bytes.
 *
 * @throws {@link TruncatedFileError} The file ends before that.
 */
export async function readExactly(source: ByteSource, offset: number, length: number): Promise<Bytes> {
    if (offset + length > source.size) {
        throw new TruncatedFileError(
            `the file ends at byte ${source.size}, in the middle of something`,
            source.name,
            offset,
        );
    }
    const bytes = await source.readAt(offset, length);
    if (bytes.length !== length) {
        throw new TruncatedFileError("the file became shorter while it was read", source.name, offset);
    }
    return bytes;
}

/** A file in memory. */
export class MemorySource implements ByteSource {
    readonly name: string;
    readonly size: number;
    readonly #bytes: Bytes;

    /**
     * @param bytes - The whole file; it is not copied.
     * @param name - What error messages call it.
     */
    constructor(bytes: Bytes, name = "bytes") {
        this.name = name;
        this.size = bytes.length;
        this.#bytes = bytes;
    }

    /** Return a view of the bytes. */
    readAt(offset: number, length: number): Promise<Bytes> {
        return Promise.resolve(this.#bytes.subarray(offset, offset + length));
    }
}

/** A Blob, such as a File that a person chose in a browser. */
export class BlobSource implements ByteSource {
    readonly name: string;
    readonly size: number;
    readonly #blob: Blob;

    /**
     * @param blob - The file.
     * @param name - What error messages call it; by default the name of a File.
     */
    constructor(blob: Blob, name = "name" in blob ? String(blob.name) : "blob") {
        this.name = name;
        this.size = blob.size;
        this.#blob = blob;
    }

    /** Read a piece of the Blob. */
    async readAt(offset: number, length: number): Promise<Bytes> {
        try {
            return new Uint8Array(await this.#blob.slice(offset, offset + length).arrayBuffer());
        } catch (error) {
            // A File on disk that was changed or removed since it was chosen.
            throw new FileError("the file cannot be read any more", this.name, offset, error);
        }
    }
}
