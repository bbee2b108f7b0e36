/** Random access, keys, and what is read of a file. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
    type Bytes,
    type ByteSource,
    DatumReader,
    InvalidKeyError,
    ItemNotFoundError,
    LimitError,
    MemorySource,
    MissingKeyError,
    UnexpectedKeyError,
    WrongKeyError,
} from "../src/index.js";
import { collect, NO_SUITE, openBytes, suiteBytes, suiteKey } from "./support.js";

const skip = NO_SUITE;

/** Keeps which bytes were read. */
class Watched extends MemorySource implements ByteSource {
    read: [number, number][] = [];

    override readAt(offset: number, length: number): Promise<Bytes> {
        this.read.push([offset, offset + length]);
        return super.readAt(offset, length);
    }
}

test("items are found by index, from both ends, and by id", { skip }, async () => {
    const reader = await openBytes(suiteBytes("valid/many-blocks.datum"));
    const ids = (await collect(reader.items())).map(({ id }) => id);
    assert.equal(await reader.count(), ids.length);
    for (const [index, id] of ids.entries()) {
        assert.equal((await reader.item(index)).id, id);
        assert.equal((await reader.item(index - ids.length)).id, id);
        assert.equal((await reader.itemById(id)).id, id);
    }
    for (const index of [ids.length, -ids.length - 1, 0.5, NaN, Infinity]) {
        await assert.rejects(reader.item(index), ItemNotFoundError);
    }
    await assert.rejects(reader.itemById("no such id"), ItemNotFoundError);
});

test("ids that share a checksum are told apart", { skip }, async () => {
    const reader = await openBytes(suiteBytes("valid/ids-of-one-crc32.datum"));
    for (const { id } of await collect(reader.items())) {
        assert.equal((await reader.itemById(id)).id, id);
    }
});

test("an item is found without reading the blocks of others", { skip }, async () => {
    const source = new Watched(suiteBytes("valid/many-blocks.datum"));
    const reader = await DatumReader.open(source);
    const ids = (await collect(reader.items())).map(({ id }) => id);
    source.read = [];
    await reader.itemById(ids[ids.length - 1]);
    assert.equal(source.read.length, 1);
});

test("two items at once do not disturb each other", { skip }, async () => {
    const reader = await openBytes(suiteBytes("valid/many-blocks-encrypted.datum"), { key: suiteKey("first.txt") });
    const ids = (await collect(reader.items())).map(({ id }) => id);
    const found = await Promise.all(ids.map((_, index) => reader.item(index)));
    assert.deepEqual(
        found.map(({ id }) => id),
        ids,
    );
});

test("a key that is missing, wrong, unexpected or none is refused, and not shown", { skip }, async () => {
    const encrypted = suiteBytes("valid/compressed-encrypted.datum");
    const plain = suiteBytes("valid/compressed.datum");
    const [first, second] = [suiteKey("first.txt"), suiteKey("second.txt")];
    await assert.rejects(openBytes(encrypted), MissingKeyError);
    await assert.rejects(openBytes(encrypted, { key: second }), WrongKeyError);
    await assert.rejects(openBytes(plain, { key: first }), UnexpectedKeyError);
    const [stem, last] = [first.slice(0, 48), first.slice(49)];
    for (const key of [
        "",
        "datum-",
        first.slice(6),
        `${first}=`,
        first.replace("datum", "data-"),
        `${stem}~${last}`,
        `${stem}\n=`,
    ]) {
        await assert.rejects(openBytes(encrypted, { key }), (error: Error) => {
            assert.ok(error instanceof InvalidKeyError);
            assert.ok(!error.message.includes(stem.slice(6, 20)));
            return true;
        });
    }
});

test("a reader may grant less memory", { skip }, async () => {
    const bytes = suiteBytes("valid/largest-limit.datum");
    assert.equal((await openBytes(bytes)).header.maxRecordSize, 268_435_456n);
    await assert.rejects(openBytes(bytes, { maxRecordSize: 4_194_303 }), LimitError);
});
