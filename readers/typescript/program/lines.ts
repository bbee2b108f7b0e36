/** What the program of the conformance suite prints, mode by mode, as JSON values. */

import { type JsonValue, toJson } from "@bufbuild/protobuf";
import { crc32 } from "../src/crc32.js";
import { coordinatesOf, DatumReader, DatumpbError, readMediaFile, schema, shapeOf } from "../src/index.js";
import { FileSource, openFile, readKeyFile } from "../src/node/index.js";
import { jsonNumbers, jsonText, withShortFloats } from "./json.js";

type Lines = AsyncGenerator<JsonValue>;
type Mode = (file: string, key: string | undefined, path: string) => Lines;

const SPEED_MILLISECONDS = 2000;

/** The modes, by their names. */
export const MODES: Record<string, Mode> = {
    items: withReader(items),
    random: withReader(random),
    verify: withReader(verify),
    media,
    speed,
};

/** Yield what the program prints for a file, the line of an error at last where the file is refused. */
export async function* lines(mode: string, file: string, keyFile: string | undefined, path: string): Lines {
    try {
        const key = keyFile === undefined ? undefined : await readKeyFile(keyFile);
        yield* MODES[mode](file, key, path);
    } catch (error) {
        if (!(error instanceof DatumpbError)) {
            throw error;
        }
        yield { error: error.name.replace(/Error$/, ""), message: error.message };
    }
}

function withReader(mode: (reader: DatumReader) => Lines): Mode {
    return async function* (file, key): Lines {
        const reader = await openFile(file, { key });
        try {
            yield* mode(reader);
        } finally {
            await reader.close();
        }
    };
}

async function* items(reader: DatumReader): Lines {
    yield metaLine(reader);
    let count = 0;
    for await (const item of reader.items()) {
        yield itemLine(item);
        count++;
    }
    yield { end: count };
}

async function* random(reader: DatumReader): Lines {
    yield metaLine(reader);
    const lines: JsonValue[] = [];
    for (let index = (await reader.count()) - 1; index >= 0; index--) {
        const item = await reader.item(index);
        const line = itemLine(item);
        if (jsonText(itemLine(await reader.itemById(item.id))) !== jsonText(line)) {
            yield { error: "Mismatch", message: `item ${index} is another one by its id` };
            return;
        }
        lines.push(line);
    }
    yield* lines.reverse();
    yield { end: lines.length };
}

async function* verify(reader: DatumReader): Lines {
    await reader.verify();
    yield { end: await reader.count() };
}

async function* media(file: string, key: string | undefined, path: string): Lines {
    let [size, checksum] = [0, 0];
    const source = await FileSource.open(file);
    try {
        for await (const piece of readMediaFile(source, path, key)) {
            size += piece.length;
            checksum = crc32(piece, checksum);
        }
    } finally {
        await source.close();
    }
    yield { media: { size, crc32: checksum } };
}

async function* speed(file: string, key: string | undefined): Lines {
    const start = performance.now();
    let bytes = 0;
    while (performance.now() - start < SPEED_MILLISECONDS) {
        const source = await FileSource.open(file);
        const reader = await DatumReader.open(source, { key });
        for await (const item of reader.items()) {
            item.annotations.forEach(coordinatesOf);
        }
        bytes += source.size;
        await reader.close();
    }
    yield { megabytes_per_second: bytes / 1000 / (performance.now() - start) };
}

function metaLine(reader: DatumReader): JsonValue {
    return { meta: withShortFloats(toJson(schema.MetaSchema, reader.meta)) };
}

function itemLine(item: schema.Item): JsonValue {
    const coordinates = item.annotations
        .filter((annotation) => shapeOf(annotation)?.coordinates !== undefined)
        .map((annotation) => jsonNumbers(coordinatesOf(annotation) ?? []));
    return { item: withShortFloats(toJson(schema.ItemSchema, item)), coordinates };
}
