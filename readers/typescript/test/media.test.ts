/** Media: where the bytes come from, and what is refused. */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { crc32 } from "../src/crc32.js";
import {
    checkMediaPath,
    MediaMismatchError,
    MediaNotFoundError,
    MediaPathError,
    MemorySource,
    schema,
} from "../src/index.js";
import { readMedia } from "../src/media.js";
import { mediaFolder } from "../src/node/index.js";
import { collect, NO_SUITE, suiteBytes, suiteKey } from "./support.js";

const PATH = "images/train/one.jpg";
const BYTES = new TextEncoder().encode("a picture");
let root = "";

before(async () => {
    root = await mkdtemp(join(tmpdir(), "datumpb-"));
    await mkdir(join(root, "dataset/images/train"), { recursive: true });
    await writeFile(join(root, "dataset", PATH), BYTES);
    await writeFile(join(root, "secret"), "not of the dataset");
    await symlink("../../../secret", join(root, "dataset/images/train/link.jpg"));
});
after(() => rm(root, { recursive: true }));

async function read(fields: Partial<schema.MediaRef>, key?: string): Promise<string> {
    const pieces = await collect(
        readMedia(create(schema.MediaRefSchema, fields), mediaFolder(join(root, "dataset")), key),
    );
    return Buffer.concat(pieces).toString();
}

test("media are read from the folder or from the item, and compared with size and checksum", async () => {
    assert.equal(await read({ path: PATH }), "a picture");
    assert.equal(await read({ path: PATH, size: 9n, crc32: crc32(BYTES) }), "a picture");
    assert.equal(await read({ path: "../any name", data: BYTES }), "a picture");
    await assert.rejects(read({ path: PATH, size: 8n }), MediaMismatchError);
    await assert.rejects(read({ path: PATH, size: 10n }), MediaMismatchError);
    await assert.rejects(read({ path: PATH, crc32: 1 }), MediaMismatchError);
});

test("nothing of a small file is handed out that is not the one that the item means", async () => {
    const pieces = readMedia(
        create(schema.MediaRefSchema, { path: PATH, crc32: 1 }),
        mediaFolder(join(root, "dataset")),
        undefined,
    );
    await assert.rejects(pieces.next(), MediaMismatchError);
});

test("media that are absent, or not part of the dataset, are named", async () => {
    await assert.rejects(read({}), MediaNotFoundError);
    await assert.rejects(read({ path: "images/train/none.jpg" }), MediaNotFoundError);
    await assert.rejects(read({ path: "images/train" }), MediaNotFoundError);
});

test("paths that lead out of the dataset are refused", async () => {
    for (const path of ["", "/a", "a//b", "a/", "./a", "a/..", "../a", "a\\b", "a\0b", "C:a", "c:/a"]) {
        assert.throws(() => checkMediaPath(path), MediaPathError, path);
        await assert.rejects(read({ path }), MediaPathError, path);
    }
    for (const path of ["a", "a b/ä.jpg", "..a/b..", "1:a", ".hidden"]) {
        checkMediaPath(path);
    }
    await assert.rejects(read({ path: "images/train/link.jpg" }), MediaPathError);
});

test("encrypted media are decrypted, and a plain file in their place is refused", { skip: NO_SUITE }, async () => {
    const key = suiteKey("first.txt");
    const opener = () => Promise.resolve(new MemorySource(suiteBytes("valid/media-file-one-record.datum")));
    const ref = (path: string) => create(schema.MediaRefSchema, { path, encrypted: true });
    assert.ok((await collect(readMedia(ref(PATH), opener, key))).length > 0);
    await assert.rejects(collect(readMedia(ref("images/train/two.jpg"), opener, key)), MediaMismatchError);
    await assert.rejects(collect(readMedia(ref(PATH), opener, undefined)), MediaMismatchError);
    await assert.rejects(collect(readMedia(ref(PATH), undefined, key)), MediaNotFoundError);
    await assert.rejects(read({ path: PATH, encrypted: true }, key), MediaMismatchError);
});
