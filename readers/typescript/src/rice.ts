/** Rice codes: integers that are mostly small, in few bits each (FORMAT.md, section 12). */

import { DamagedFileError } from "./errors.js";

const MAX_BITS = 54;
const MAX_COUNT = 1 << 22;
// An unsigned difference is below 2^55.
const MAX_UNSIGNED_BITS = 55;

/**
 * Decode differences.
 *
 * @param bits - `rice_bits`.
 * @param low - `rice_low`.
 * @param high - `rice_high`, not empty.
 * @returns Whole numbers; those that a double may not hold are bigints.
 * @throws {@link DamagedFileError} The three do not fit each other, or a number is out of range.
 */
export function decodeRice(bits: number, low: Uint8Array, high: Uint8Array): (number | bigint)[] {
    const count = countOnes(high);
    if (bits > MAX_BITS || count === 0 || count > MAX_COUNT || low.length !== Math.ceil((count * bits) / 8)) {
        throw new DamagedFileError(
            `Rice-coded coordinates are malformed: ${count} numbers, ${bits} bits each, in ${low.length} bytes`,
        );
    }
    const largestQuotient = 2 ** (MAX_UNSIGNED_BITS - bits) - 1;
    const differences = new Array<number | bigint>(count);
    let found = 0;
    let previousOne = -1;
    for (let index = 0; index < high.length; index++) {
        for (let byte = high[index]; byte !== 0; byte &= byte - 1) {
            const one = 8 * index + 31 - Math.clz32(byte & -byte);
            const quotient = one - previousOne - 1;
            if (quotient > largestQuotient) {
                throw new DamagedFileError("a Rice-coded coordinate is out of range");
            }
            differences[found] = joined(quotient, bits, low, found * bits);
            previousOne = one;
            found++;
        }
    }
    return differences;
}

/** Return the difference of a quotient and the remainder at a bit. */
function joined(quotient: number, bits: number, low: Uint8Array, at: number): number | bigint {
    const rough = (quotient + 1) * 2 ** bits;
    if (rough <= Number.MAX_SAFE_INTEGER) {
        const unsigned = quotient * 2 ** bits + remainder(low, at, bits);
        return unsigned % 2 === 0 ? unsigned / 2 : -(unsigned + 1) / 2;
    }
    // In two parts, each of which a double holds.
    const lowBits = Math.min(bits, 32);
    const parts =
        (BigInt(remainder(low, at + lowBits, bits - lowBits)) << BigInt(lowBits)) | BigInt(remainder(low, at, lowBits));
    const unsigned = (BigInt(quotient) << BigInt(bits)) | parts;
    return (unsigned >> 1n) ^ -(unsigned & 1n);
}

/** Return the number that stands in `bits` bits, at most 53. */
function remainder(low: Uint8Array, at: number, bits: number): number {
    let number = 0;
    let scale = 1;
    for (let left = bits; left > 0; ) {
        const shift = at & 7;
        const taken = Math.min(8 - shift, left);
        number += ((low[at >>> 3] >>> shift) & ((1 << taken) - 1)) * scale;
        scale *= 2 ** taken;
        at += taken;
        left -= taken;
    }
    return number;
}

function countOnes(bytes: Uint8Array): number {
    let count = 0;
    for (const byte of bytes) {
        for (let rest = byte; rest !== 0; rest &= rest - 1) {
            count++;
        }
    }
    return count;
}
