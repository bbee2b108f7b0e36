/** Sources of bytes: a web server, a Blob, a file. */

import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { BlobSource, type ByteSource, DatumReader, FetchSource, FileError } from "../src/index.js";
import { FileSource, openFile } from "../src/node/index.js";
import { collect, NO_SUITE, SUITE, suiteBytes } from "./support.js";

const skip = NO_SUITE;
const NAME = "valid/many-blocks.datum";

type Answer = (response: ServerResponse, first: number, last: number, file: Buffer) => void;

/** Serve a file to a test, by an answer that may be wrong. */
async function served(answer: Answer, use: (url: string) => Promise<void>): Promise<void> {
    const file = Buffer.from(suiteBytes(NAME));
    const server = createServer((request: IncomingMessage, response: ServerResponse) => {
        const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
        answer(response, Number(first), Number(last), file);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
        await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/train.datum`);
    } finally {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    }
}

const well: Answer = (response, first, last, file) => {
    response.writeHead(206, { "Content-Range": `bytes ${first}-${last}/${file.length}`, ETag: '"1"' });
    response.end(file.subarray(first, last + 1));
};

async function idsOf(source: ByteSource): Promise<string[]> {
    const reader = await DatumReader.open(source);
    const ids = (await collect(reader.items())).map(({ id }) => id);
    assert.equal((await reader.itemById(ids[1])).id, ids[1]);
    await reader.close();
    return ids;
}

test("a file is the same from a server, a Blob and the file system", { skip }, async () => {
    const blob = await idsOf(new BlobSource(new Blob([suiteBytes(NAME)])));
    assert.ok(blob.length > 1);
    assert.deepEqual(await idsOf(await FileSource.open(`${SUITE}${NAME}`)), blob);
    await served(well, async (url) => assert.deepEqual(await idsOf(await FetchSource.open(url)), blob));
});

const wrong: Record<string, Answer> = {
    "no ranges": (response, _first, _last, file) => response.end(file),
    "no such file": (response) => response.writeHead(404).end(),
    "no Content-Range": (response) => response.writeHead(206).end("x"),
    "another range": (response, first, last) =>
        response.writeHead(206, { "Content-Range": `bytes ${first + 1}-${last + 1}/1000` }).end("x"),
    "an unknown size": (response, first, last) =>
        response.writeHead(206, { "Content-Range": `bytes ${first}-${last}/*` }).end("x"),
    "no answer": (response) => response.destroy(),
};

for (const [what, answer] of Object.entries(wrong)) {
    test(`a server is refused that gives ${what}`, { skip }, () =>
        served(answer, (url) => assert.rejects(FetchSource.open(url), FileError)),
    );
}

const later: Record<string, Answer> = {
    "too many bytes": (response, first, last, file) =>
        response.writeHead(206, { "Content-Range": `bytes ${first}-${last}/${file.length}`, ETag: '"1"' }).end(file),
    "too few bytes": (response, first, last, file) =>
        response.writeHead(206, { "Content-Range": `bytes ${first}-${last}/${file.length}`, ETag: '"1"' }).end("x"),
    "another version of the file": (response, first, last, file) =>
        response
            .writeHead(206, { "Content-Range": `bytes ${first}-${last}/${file.length}`, ETag: '"2"' })
            .end(file.subarray(first, last + 1)),
};

for (const [what, answer] of Object.entries(later)) {
    test(`a server is refused that later gives ${what}`, { skip }, async () => {
        let requests = 0;
        const first: Answer = (...call) => (requests++ === 0 ? well : answer)(...call);
        await served(first, async (url) => {
            const source = await FetchSource.open(url);
            await assert.rejects(DatumReader.open(source), FileError);
        });
    });
}

test("files that are not there, and folders, are refused", async () => {
    await assert.rejects(openFile("/no/such/file.datum"), FileError);
    await assert.rejects(openFile("/"), FileError);
});
