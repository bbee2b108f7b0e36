/** The outside of a Zstandard frame (RFC 8878): one frame and nothing else, of a stated size, without a dictionary. */

import { DamagedFileError } from "./errors.js";

const MAGIC = 0xfd2fb528;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;
const CONTENT_SIZE_SIZES = [0, 2, 4, 8];
const DICTIONARY_ID_SIZES = [0, 1, 2, 4];

/**
 * Check what a decoder would not: that there is one frame only, up to the last byte, which states its content's size.
 *
 * @param stored - The frame.
 * @param rawSize - The size that it has to state.
 * @throws {@link DamagedFileError} It is no such frame.
 */
export function checkFrame(stored: Uint8Array, rawSize: number): void {
    const view = new DataView(stored.buffer, stored.byteOffset, stored.length);
    // Reading beyond the end is what a frame that is cut off leads to.
    const need = (end: number): void => refuseUnless(end <= stored.length, "is cut off");
    need(5);
    refuseUnless(view.getUint32(0, true) === MAGIC, "is none");
    const descriptor = stored[4];
    const singleSegment = (descriptor & 0x20) !== 0;
    const dictionaryAt = singleSegment ? 5 : 6;
    const contentSizeAt = dictionaryAt + DICTIONARY_ID_SIZES[descriptor & 3];
    const contentSizeSize = CONTENT_SIZE_SIZES[descriptor >> 6] || (singleSegment ? 1 : 0);
    let at = contentSizeAt + contentSizeSize;
    need(at);
    refuseUnless(
        stored.subarray(dictionaryAt, contentSizeAt).every((byte) => byte === 0),
        "wants a dictionary",
    );
    refuseUnless(contentSizeSize > 0, "does not state its size");
    refuseUnless(statedSize(view, contentSizeAt, contentSizeSize) === BigInt(rawSize), "states another size");
    for (let last = false; !last; ) {
        need(at + 3);
        const header = view.getUint16(at, true) | (stored[at + 2] << 16);
        last = (header & 1) !== 0;
        const type = (header >> 1) & 3;
        refuseUnless(type !== RESERVED_BLOCK, "is damaged");
        at += 3 + (type === RLE_BLOCK ? 1 : header >> 3);
    }
    at += descriptor & 4 ? 4 : 0;
    need(at);
    refuseUnless(at === stored.length, "has something behind it");
}

function statedSize(view: DataView, at: number, size: number): bigint {
    switch (size) {
        case 1:
            return BigInt(view.getUint8(at));
        case 2:
            return BigInt(view.getUint16(at, true) + 256);
        case 4:
            return BigInt(view.getUint32(at, true));
        default:
            return view.getBigUint64(at, true);
    }
}

function refuseUnless(condition: boolean, what: string): void {
    if (!condition) {
        throw new DamagedFileError(`the Zstandard frame ${what}`);
    }
}
