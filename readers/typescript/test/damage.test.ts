/** Damage: every byte of small files changed, and every length that they can be cut to. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonText } from "../program/json.js";
import { type Bytes, DatumpbError, MemorySource, readMediaFile, schema } from "../src/index.js";
import { toJson } from "@bufbuild/protobuf";
import { collect, NO_SUITE, openBytes, suiteBytes, suiteKey } from "./support.js";

const ANNOTATIONS = ["annotation-points", "compressed", "compressed-with-checksum", "many-indexes", "values-nested"];
const ENCRYPTED = ["compressed-encrypted", "many-blocks-encrypted", "empty-encrypted"];
const MEDIA_PATH = "images/train/one.jpg";

/** Return all that can be read from a file; verified is what must not pass damage. */
async function contents(bytes: Bytes, key: string | undefined): Promise<string> {
    const reader = await openBytes(bytes, { key });
    const items = (await collect(reader.items())).map((item) => jsonText(toJson(schema.ItemSchema, item)));
    const first = items.length === 0 ? "" : jsonText(toJson(schema.ItemSchema, await reader.item(-1)));
    return [jsonText(toJson(schema.MetaSchema, reader.meta)), ...items, first].join("\n");
}

async function verified(bytes: Bytes, key: string | undefined): Promise<string> {
    const reader = await openBytes(bytes, { key });
    await reader.verify();
    return contents(bytes, key);
}

async function media(bytes: Bytes, key: string | undefined): Promise<string> {
    const pieces = await collect(readMediaFile(new MemorySource(bytes), MEDIA_PATH, key));
    return pieces.map((piece) => piece.join()).join();
}

/** What comes of damaged bytes: a typed error or, if at all, what the file holds. */
async function outcome(read: typeof contents, bytes: Bytes, key: string | undefined): Promise<string | DatumpbError> {
    try {
        return await read(bytes, key);
    } catch (error) {
        assert.ok(error instanceof DatumpbError, String(error instanceof Error ? error.stack : error));
        assert.match(error.message, /^[^\p{C}]+$/u);
        return error;
    }
}

function* changed(bytes: Bytes): Generator<[string, Bytes]> {
    for (let at = 0; at < bytes.length; at++) {
        for (const mask of [0x01, 0x80, 0xff]) {
            const copy = bytes.slice();
            copy[at] ^= mask;
            yield [`byte ${at} ^ ${mask}`, copy];
        }
    }
}

for (const name of [...ANNOTATIONS, ...ENCRYPTED]) {
    const key = ENCRYPTED.includes(name) ? "first.txt" : undefined;

    test(`a changed byte of ${name} is refused, or changes nothing of what is read`, { skip: NO_SUITE }, async () => {
        const keyText = key === undefined ? undefined : suiteKey(key);
        const bytes = suiteBytes(`valid/${name}.datum`);
        const sound = await contents(bytes, keyText);
        for (const [what, copy] of changed(bytes)) {
            const found = await outcome(contents, copy, keyText);
            assert.ok(found instanceof DatumpbError || found === sound, what);
        }
    });

    test(`a verifier refuses every changed byte of ${name}`, { skip: NO_SUITE }, async () => {
        const keyText = key === undefined ? undefined : suiteKey(key);
        for (const [what, copy] of changed(suiteBytes(`valid/${name}.datum`))) {
            assert.ok((await outcome(verified, copy, keyText)) instanceof DatumpbError, what);
        }
    });

    test(`${name} is refused at every length that it is cut to`, { skip: NO_SUITE }, async () => {
        const keyText = key === undefined ? undefined : suiteKey(key);
        const bytes = suiteBytes(`valid/${name}.datum`);
        for (let size = 0; size < bytes.length; size++) {
            assert.ok(
                (await outcome(contents, bytes.slice(0, size), keyText)) instanceof DatumpbError,
                `${size} bytes`,
            );
        }
    });
}

test("every changed byte of a media file, and every length, is refused", { skip: NO_SUITE }, async () => {
    const bytes = suiteBytes("valid/media-file-compressed.datum");
    const key = suiteKey("first.txt");
    assert.notEqual(await media(bytes, key), "");
    for (const [what, copy] of changed(bytes)) {
        assert.ok((await outcome(media, copy, key)) instanceof DatumpbError, what);
    }
    for (let size = 0; size < bytes.length; size++) {
        assert.ok((await outcome(media, bytes.slice(0, size), key)) instanceof DatumpbError, `${size} bytes`);
    }
});
