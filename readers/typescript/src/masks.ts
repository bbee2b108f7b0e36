/** Masks: COCO's compressed run-length encoding, unpacked to runs (FORMAT.md, section 14). */

import { DamagedFileError } from "./errors.js";
import type { Mask } from "./messages.js";

const MAX_PIXELS = 2 ** 32 - 1;
const FIRST_CODE = 48;
const LAST_CODE = 111;
const MAX_DIGITS = 8;

/**
 * Return the runs of a mask: 0 and 1 in turn, the first of 0, column by column from the top left.
 *
 * @throws {@link DamagedFileError} They are not compressed runs, or do not fit the mask's size.
 */
export function maskRuns(mask: Mask): number[] {
    const { counts, height, width } = mask;
    const runs: number[] = [];
    let total = 0;
    for (let at = 0; at < counts.length; ) {
        const { number, end } = decodeNumber(counts, at);
        const run = runs.length > 2 ? number + runs[runs.length - 2] : number;
        if (run < 0 || run > MAX_PIXELS) {
            throw new DamagedFileError("RLE has a run that is negative or too long");
        }
        runs.push(run);
        total += run;
        at = end;
    }
    const pixels = height * width;
    if (pixels > MAX_PIXELS) {
        throw new DamagedFileError(`RLE of an impossible size: ${height} x ${width}`);
    }
    if (total !== pixels) {
        throw new DamagedFileError(
            `RLE does not fit its size: the runs make ${total} pixels, ${height} x ${width} has ${pixels}`,
        );
    }
    return runs;
}

function decodeNumber(counts: Uint8Array, start: number): { number: number; end: number } {
    let number = 0;
    let scale = 1;
    for (let at = start; at < counts.length; at++) {
        if (at - start === MAX_DIGITS) {
            throw new DamagedFileError("RLE has a run that is too long for any mask");
        }
        if (counts[at] < FIRST_CODE || counts[at] > LAST_CODE) {
            throw new DamagedFileError("RLE has a character that compressed runs do not use");
        }
        const code = counts[at] - FIRST_CODE;
        number += (code & 0x1f) * scale;
        scale *= 32;
        if ((code & 0x20) === 0) {
            return { number: code & 0x10 ? number - scale : number, end: at + 1 };
        }
    }
    throw new DamagedFileError("RLE ends in the middle of a run");
}
