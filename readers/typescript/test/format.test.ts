/** The examples of docs/FORMAT.md, taken from the document itself. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
    coordinatesOf,
    DatumpbError,
    decodeCoordinates,
    decodeValue,
    maskRuns,
    MemorySource,
    readMediaFile,
    schema,
} from "../src/index.js";
import { parse } from "../src/messages.js";
import { create } from "@bufbuild/protobuf";
import { collect, hex, openBytes } from "./support.js";

const FORMAT = readFileSync(fileURLToPath(new URL("../../../../docs/FORMAT.md", import.meta.url)), "utf8");
const KEY = "datum-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

function example(name: string): string {
    return FORMAT.split(`<!-- example: ${name} -->`)[1].split("```")[1];
}

test("the small file of section 18 is read", async () => {
    const bytes = example("plain").matchAll(/^[0-9a-f]{4} {2}((?:[0-9a-f]{2} ?)+)/gm);
    const reader = await openBytes(hex([...bytes].map(([, line]) => line).join("")));
    await reader.verify();
    assert.equal(reader.meta.subset, "train");
    assert.equal(reader.encrypted, false);
    const [item, ...others] = await collect(reader.items());
    assert.equal(others.length, 0);
    assert.equal(item.id, "one");
    assert.deepEqual(
        item.annotations.map((annotation) => [...(coordinatesOf(annotation) ?? [])]),
        [
            [10.5, 20.25, 100, 50.75],
            [10.5, 20.25, 110.5, 20.25, 110.5, 71],
        ],
    );
});

test("the encrypted media file of section 10 is read, and refused where a bit of it changes", async () => {
    const bytes = hex(example("sealed").split("file:")[1]);
    const read = async (data: typeof bytes) =>
        collect(readMediaFile(new MemorySource(data), "images/train/one.jpg", KEY));
    const text = Buffer.concat(await read(bytes)).toString();
    assert.equal(text, "not really a picture");
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
        const changed = bytes.slice();
        changed[bit >> 3] ^= 1 << (bit & 7);
        await assert.rejects(read(changed), DatumpbError, `bit ${bit}`);
    }
});

test("the coordinates of section 12 are decoded", () => {
    const rows = [...FORMAT.matchAll(/^\| `((?:[0-9a-f]{2} ?){10,})` \| [^|]+ \| ([^|]+) \|$/gm)];
    assert.equal(rows.length, 4);
    for (const [, bytes, numbers] of rows) {
        const decoded = decodeCoordinates(parse(schema.CoordinatesSchema, hex(bytes)), 2);
        assert.deepEqual([...decoded], numbers.split(",").map(Number));
    }
});

test("the masks of section 14 are unpacked", () => {
    const runs = (text: string, height: number, width: number) =>
        maskRuns(create(schema.MaskSchema, { height, width, counts: new TextEncoder().encode(text) }));
    assert.deepEqual(runs("5220003", 4, 5), [5, 2, 2, 2, 2, 2, 5]);
    assert.deepEqual(runs("lo0b1b10Rg3_N]3", 100, 90), [1020, 50, 50, 50, 3860, 1, 3969]);
});

test("the integers of section 13 that no int64 holds are decoded", () => {
    const big = (bytes: string) =>
        decodeValue(create(schema.ValueSchema, { kind: { case: "bigIntValue", value: hex(bytes) } }));
    assert.equal(big("008000000000000000"), 2n ** 63n);
    assert.equal(big("ff7fffffffffffffff"), -(2n ** 63n) - 1n);
});
