/** Coordinates at the limits of doubles, against arithmetic in integers of any size. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { DamagedFileError, decodeCoordinates, schema } from "../src/index.js";

const LIMIT = 2n ** 53n;

function decoded(fields: Partial<Omit<schema.Coordinates, "$typeName">>, stride = 2): number[] {
    return [...decodeCoordinates(create(schema.CoordinatesSchema, fields), stride)];
}

/** Rice-code unsigned differences in the plainest way. */
function rice(
    unsigned: readonly bigint[],
    bits: number,
): Pick<schema.Coordinates, "riceBits" | "riceLow" | "riceHigh"> {
    const low = unsigned.flatMap((number) =>
        Array.from({ length: bits }, (_, bit) => Number((number >> BigInt(bit)) & 1n)),
    );
    const high = unsigned.flatMap((number) => [...new Array<number>(Number(number >> BigInt(bits))).fill(0), 1]);
    return { riceBits: bits, riceLow: packed(low), riceHigh: packed(high) };
}

function packed(bits: readonly number[]): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(bits.length / 8));
    bits.forEach((bit, at) => (bytes[at >> 3] |= bit << (at & 7)));
    return bytes;
}

test("differences of every size give exact numbers, for every number of low bits", () => {
    for (let bits = 0; bits <= 54; bits++) {
        for (const size of [0, 1, 2, 8, 21, 31, 32, 33, 52, 53, 54].filter((size) => size - bits <= 8)) {
            const difference = 2n ** BigInt(size) - 1n;
            // Up and down again, so that all sums stay in range.
            const start = difference > LIMIT ? -LIMIT : 0n;
            const [up, down] = [2n * difference, difference === 0n ? 0n : 2n * difference - 1n];
            if (up >> BigInt(bits) > 512n) {
                continue;
            }
            const numbers = decoded({ delta: [start], ...rice([up, down], bits) }, 1);
            assert.deepEqual(numbers, [start, start + difference, start].map(Number), `${bits} bits, 2^${size}`);
        }
    }
});

test("running sums up to 2^53 are exact, and one more is refused", () => {
    assert.deepEqual(decoded({ delta: [LIMIT, -LIMIT, -2n * LIMIT, 2n * LIMIT] }), [
        2 ** 53,
        -(2 ** 53),
        -(2 ** 53),
        2 ** 53,
    ]);
    assert.deepEqual(decoded({ delta: [LIMIT - 1n, 1n] }, 1), [2 ** 53 - 1, 2 ** 53]);
    // Differences that no double holds, between sums that doubles hold.
    assert.deepEqual(decoded({ delta: [-LIMIT, LIMIT + 1n, 2n - LIMIT] }, 1), [-(2 ** 53), 1, 3 - 2 ** 53]);
    assert.deepEqual(decoded({ delta: [3n, -LIMIT - 1n] }, 1), [3, 2 - 2 ** 53]);
    for (const delta of [[LIMIT + 1n], [LIMIT, 1n], [-LIMIT, -1n], [2n ** 63n - 1n, 2n], [-(2n ** 63n)]]) {
        assert.throws(() => decoded({ delta }, 1), DamagedFileError);
    }
});

test("what is written in two ways, or not as often as the shape wants, is refused", () => {
    const one = rice([1n, 2n], 1);
    assert.throws(() => decoded({ delta: [1n, 2n], f32: [1, 2] }), DamagedFileError);
    assert.throws(() => decoded({ f64: [1, 2], f32: [1, 2] }), DamagedFileError);
    assert.throws(() => decoded({ ...one, f64: [1, 2] }), DamagedFileError);
    assert.throws(() => decoded({ ...one, riceLow: new Uint8Array(2) }), DamagedFileError);
    assert.throws(() => decoded({ ...one, riceBits: 55, riceLow: new Uint8Array(14) }), DamagedFileError);
    assert.throws(() => decoded({ ...one, decimals: 13 }), DamagedFileError);
    assert.throws(() => decoded({ riceHigh: new Uint8Array(3) }), DamagedFileError);
    assert.throws(() => decoded({ delta: [1n] }), DamagedFileError);
    assert.throws(() => decodeCoordinates(create(schema.CoordinatesSchema, { f64: [1, 2] }), 2, 4), DamagedFileError);
});
