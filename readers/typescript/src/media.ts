/** Media of a dataset: found by their path inside of its folder, never outside, and checked while they are read. */

import { type ByteSource, type Bytes, readExactly } from "./byte-source.js";
import { crc32 } from "./crc32.js";
import { FileError, MediaMismatchError, MediaNotFoundError, MediaPathError, shown } from "./errors.js";
import { readMediaFile } from "./media-file.js";
import type { MediaRef } from "./messages.js";

/**
 * Opens a media file by its path relative to the dataset's folder; the path was checked.
 *
 * @throws {@link MediaError} It cannot be opened.
 */
export type MediaOpener = (path: string) => Promise<ByteSource>;

const CHUNK_SIZE = 1 << 20;
const DRIVE = /^[A-Za-z]:/;

/**
 * Refuse a path that is not relative or that leads out of the dataset's folder (FORMAT.md, section 15).
 *
 * @throws {@link MediaPathError} It is such a path.
 */
export function checkMediaPath(path: string): void {
    const bad =
        DRIVE.test(path) || /[\\\0]/.test(path) || path.split("/").some((part) => ["", ".", ".."].includes(part));
    if (bad) {
        throw new MediaPathError(`'${shown(path)}' is no path inside of the dataset's folder`);
    }
}

/**
 * Read the bytes that a reference means. Size and checksum are compared before the last piece is handed out.
 *
 * @param ref - Where the bytes are.
 * @param openMedia - Opens media files.
 * @param key - The text of the dataset's key.
 * @throws {@link MediaError} They cannot be had, or are not those that the item means.
 */
export async function* readMedia(
    ref: MediaRef,
    openMedia: MediaOpener | undefined,
    key: string | undefined,
): AsyncGenerator<Uint8Array, void, void> {
    if (ref.data !== undefined) {
        yield ref.data;
        return;
    }
    if (ref.path === undefined) {
        throw new MediaNotFoundError("the bytes of this media are not part of the dataset");
    }
    checkMediaPath(ref.path);
    const name = shown(ref.path);
    if (openMedia === undefined) {
        throw new MediaNotFoundError(`${name}: the file was opened without the dataset's media`);
    }
    if (ref.encrypted && key === undefined) {
        throw new MediaMismatchError(
            `${name}: this media file is encrypted, and the dataset was opened without the key`,
        );
    }
    const source = await openMedia(ref.path);
    try {
        yield* checked(ref, name, ref.encrypted ? readMediaFile(source, ref.path, key) : chunks(source));
    } catch (error) {
        if (error instanceof FileError) {
            throw new MediaMismatchError(`${name}: the media file cannot be used: ${error.reason}`, { cause: error });
        }
        throw error;
    } finally {
        await source.close?.();
    }
}

async function* chunks(source: ByteSource): AsyncGenerator<Bytes> {
    for (let offset = 0; offset < source.size; offset += CHUNK_SIZE) {
        yield await readExactly(source, offset, Math.min(CHUNK_SIZE, source.size - offset));
    }
}

/** Pass pieces on, the last one when all are known to be right. */
async function* checked(ref: MediaRef, name: string, pieces: AsyncIterable<Bytes>): AsyncGenerator<Uint8Array> {
    let size = 0;
    let checksum = 0;
    let held: Bytes | undefined;
    for await (const piece of pieces) {
        if (held !== undefined) {
            yield held;
        }
        held = piece;
        size += piece.length;
        checksum = crc32(piece, checksum);
        if (ref.size !== undefined && size > ref.size) {
            break;
        }
    }
    if (ref.size !== undefined && BigInt(size) !== ref.size) {
        throw new MediaMismatchError(`${name}: not the file that the item means: its size is not ${ref.size} bytes`);
    }
    if (ref.crc32 !== undefined && checksum !== ref.crc32) {
        throw new MediaMismatchError(`${name}: not the file that the item means: its checksum differs`);
    }
    if (held !== undefined) {
        yield held;
    }
}
