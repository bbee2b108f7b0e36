/** Coordinates: the numbers of every shape, decoded to doubles (FORMAT.md, section 12). */

import { DamagedFileError } from "./errors.js";
import type { Coordinates } from "./messages.js";
import { decodeRice } from "./rice.js";

const MAX_SUM = 2 ** 53;
const SCALES = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];

/**
 * Return the numbers of a message.
 *
 * @param message - The message, which nobody has checked so far.
 * @param stride - How many numbers make a point.
 * @param count - How many numbers there have to be; undefined: any multiple of `stride`.
 * @throws {@link DamagedFileError} The message is not what the schema allows.
 */
export function decodeCoordinates(message: Coordinates, stride: number, count?: number): Float64Array {
    const { delta, f32, f64, riceBits, riceLow, riceHigh } = message;
    const scaled = delta.length > 0 || riceHigh.length > 0;
    if (Number(scaled) + Number(f32.length > 0) + Number(f64.length > 0) > 1) {
        throw new DamagedFileError("coordinates are written in two ways at once");
    }
    if (!scaled) {
        const numbers = f32.length > 0 ? f32 : f64;
        checkCount(numbers.length, stride, count);
        return Float64Array.from(numbers);
    }
    const rice = riceHigh.length > 0 ? decodeRice(riceBits, riceLow, riceHigh) : [];
    checkCount(delta.length + rice.length, stride, count);
    const scale = SCALES[message.decimals];
    if (scale === undefined) {
        throw new DamagedFileError(`coordinates have ${message.decimals} decimals, but at most 12 are allowed`);
    }
    const numbers = new Float64Array(delta.length + rice.length);
    addUp(numbers, delta, 0, stride);
    addUp(numbers, rice, delta.length, stride);
    for (let index = 0; index < numbers.length; index++) {
        numbers[index] /= scale;
    }
    return numbers;
}

function checkCount(found: number, stride: number, count: number | undefined): void {
    if (found % stride !== 0 || (count !== undefined && found !== count)) {
        const expected = count === undefined ? `a multiple of ${stride}` : String(count);
        throw new DamagedFileError(`${found} coordinates found, but ${expected} expected`);
    }
}

function addUp(sums: Float64Array, differences: readonly (number | bigint)[], first: number, stride: number): void {
    for (let index = 0; index < differences.length; index++) {
        const at = first + index;
        const before = at < stride ? 0 : sums[at - stride];
        const difference = differences[index];
        const rounded = Number(difference);
        let sum = before + rounded;
        if (Math.abs(rounded) >= MAX_SUM || Math.abs(sum) >= MAX_SUM) {
            // Here doubles may not be exact.
            const exact = BigInt(before) + BigInt(difference);
            if (exact > MAX_SUM || exact < -MAX_SUM) {
                throw new DamagedFileError("coordinates have a running sum beyond 2^53");
            }
            sum = Number(exact);
        }
        sums[at] = sum;
    }
}
