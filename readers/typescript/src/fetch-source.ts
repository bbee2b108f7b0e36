/** A file on a web server, of which only the parts that are needed are fetched (HTTP range requests, RFC 9110). */

import type { ByteSource, Bytes } from "./byte-source.js";
import { FileError } from "./errors.js";

const CONTENT_RANGE = /^bytes (\d+)-(\d+)\/(\d+)$/;

/** A file on a web server that answers range requests. */
export class FetchSource implements ByteSource {
    readonly name: string;
    readonly size: number;
    readonly #init: RequestInit;
    readonly #tag: string | null;

    private constructor(name: string, size: number, init: RequestInit, tag: string | null) {
        this.name = name;
        this.size = size;
        this.#init = init;
        this.#tag = tag;
    }

    /**
     * Ask the server for the file's size.
     *
     * @param url - The file.
     * @param init - What every request is made with, such as headers, credentials or a signal to abort.
     * @throws {@link FileError} The server does not answer, has no such file or serves no ranges.
     */
    static async open(url: string | URL, init: RequestInit = {}): Promise<FetchSource> {
        const name = String(url);
        const response = await request(name, init, 0, 1);
        await response.body?.cancel();
        return new FetchSource(name, rangeOf(response, name, 0, 1), init, response.headers.get("ETag"));
    }

    /** Fetch a part of the file. */
    async readAt(offset: number, length: number): Promise<Bytes> {
        if (length === 0) {
            return new Uint8Array(0);
        }
        const response = await request(this.name, this.#init, offset, length);
        const size = rangeOf(response, this.name, offset, length);
        if (size !== this.size || response.headers.get("ETag") !== this.#tag) {
            await response.body?.cancel();
            throw new FileError("the file was changed on the server while it was read", this.name, offset);
        }
        return body(response, this.name, offset, length);
    }
}

async function request(name: string, init: RequestInit, offset: number, length: number): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("Range", `bytes=${offset}-${offset + length - 1}`);
    try {
        return await fetch(name, { ...init, headers });
    } catch (error) {
        throw new FileError("the server cannot be reached, or refuses this page", name, offset, error);
    }
}

/** Check that a response is the part that was asked for, and return the size of the whole file. */
function rangeOf(response: Response, name: string, offset: number, length: number): number {
    if (response.status !== 206) {
        const hint = response.status === 200 ? ": it serves no ranges" : "";
        throw new FileError(`the server answered ${response.status} to a range request${hint}`, name, offset);
    }
    const range = CONTENT_RANGE.exec(response.headers.get("Content-Range") ?? "");
    if (range === null || Number(range[1]) !== offset || Number(range[2]) !== offset + length - 1) {
        throw new FileError("the server sent another range than was asked for, or does not show which", name, offset);
    }
    return Number(range[3]);
}

async function body(response: Response, name: string, offset: number, length: number): Promise<Bytes> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    const reader = response.body?.getReader();
    try {
        for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
            if (filled + part.value.length > length) {
                await reader?.cancel();
                filled = Infinity;
                break;
            }
            bytes.set(part.value, filled);
            filled += part.value.length;
        }
    } catch (error) {
        throw new FileError("the connection to the server broke", name, offset, error);
    }
    if (filled !== length) {
        throw new FileError(`the server announced ${length} bytes and sent another number`, name, offset);
    }
    return bytes;
}
