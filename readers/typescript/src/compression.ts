/** Compression of record bodies: none, or one Zstandard frame, never expanded beyond what was announced. */

import { ZSTDDecoder } from "zstddec";
import type { Bytes } from "./byte-source.js";
import { DamagedFileError } from "./errors.js";
import { checkFrame } from "./zstd-frame.js";

const CODEC_NONE = 1;
const CODEC_ZSTD = 2;

// A whole frame of the one byte 0.
const FRAME_OF_ONE_BYTE = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x01, 0x09, 0x00, 0x00, 0x00];

const decoder = new ZSTDDecoder();

/**
 * Return the body that stored bytes stand for.
 *
 * @param codec - How it is stored.
 * @param stored - The stored bytes.
 * @param rawSize - The size of the body, which the caller has checked against its limits. No more is ever allocated.
 * @throws {@link DamagedFileError} The stored bytes do not give a body of this size.
 */
export async function decompress(codec: number, stored: Bytes, rawSize: number): Promise<Bytes> {
    let body: Bytes;
    if (codec === CODEC_NONE) {
        body = stored;
    } else if (codec === CODEC_ZSTD) {
        checkFrame(stored, rawSize);
        await decoder.init();
        body = rawSize === 0 ? nothing(stored) : decode(stored, rawSize);
    } else {
        throw new DamagedFileError(`unknown codec ${codec}`);
    }
    if (body.length !== rawSize) {
        throw new DamagedFileError(`a body of ${rawSize} bytes was announced, and another came`);
    }
    return body;
}

/** Decode a frame into a buffer of `size` bytes; where that fails, no bytes come back. */
function decode(stored: Bytes, size: number): Bytes {
    return decoder.decode(stored, size) as Bytes; // a copy of its own, never of shared memory
}

/** Decode a frame of no bytes, which the decoder by itself does not tell from one that is damaged. */
function nothing(stored: Bytes): Bytes {
    const frames = new Uint8Array(stored.length + FRAME_OF_ONE_BYTE.length);
    frames.set(stored);
    frames.set(FRAME_OF_ONE_BYTE, stored.length);
    if (decode(frames, 1).length !== 1) {
        throw new DamagedFileError("the Zstandard frame is damaged");
    }
    return new Uint8Array(0);
}
