/** A file of the file system. */

import { type FileHandle, open } from "node:fs/promises";
import type { ByteSource, Bytes } from "../byte-source.js";
import { FileError } from "../errors.js";

/** A file of the file system, open until it is closed. */
export class FileSource implements ByteSource {
    readonly name: string;
    readonly size: number;
    readonly #handle: FileHandle;

    private constructor(name: string, size: number, handle: FileHandle) {
        this.name = name;
        this.size = size;
        this.#handle = handle;
    }

    /**
     * Open a file.
     *
     * @throws {@link FileError} It cannot be opened.
     */
    static async open(path: string): Promise<FileSource> {
        let handle: FileHandle | undefined;
        try {
            handle = await open(path, "r");
            const stat = await handle.stat();
            if (!stat.isDirectory()) {
                return new FileSource(path, stat.size, handle);
            }
        } catch (error) {
            await handle?.close();
            throw new FileError(`cannot open: ${codeOf(error)}`, path, undefined, error);
        }
        await handle.close();
        throw new FileError("cannot open: it is a folder", path);
    }

    /** Read a piece of the file; fewer bytes come where the file became shorter. */
    async readAt(offset: number, length: number): Promise<Bytes> {
        const bytes = new Uint8Array(length);
        let filled = 0;
        try {
            while (filled < length) {
                const { bytesRead } = await this.#handle.read(bytes, filled, length - filled, offset + filled);
                if (bytesRead === 0) {
                    return bytes.subarray(0, filled);
                }
                filled += bytesRead;
            }
        } catch (error) {
            throw new FileError(`cannot read: ${codeOf(error)}`, this.name, offset, error);
        }
        return bytes;
    }

    /** Close the file. */
    async close(): Promise<void> {
        await this.#handle.close();
    }
}

/** Return what the system calls an error, such as ENOENT. */
export function codeOf(error: unknown): string {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
