/** Where the suite of the project is, and small things that several tests need. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Bytes, DatumReader, MemorySource, type ReaderOptions } from "../src/index.js";

/** The reader's folder. */
export const READER = fileURLToPath(new URL("../../", import.meta.url));
/** The folder of the conformance suite. */
export const SUITE = fileURLToPath(new URL("../../../../conformance/", import.meta.url));

/** A file of the suite. */
export function suiteBytes(name: string): Bytes {
    return new Uint8Array(readFileSync(`${SUITE}${name}`));
}

/** Why tests that need the suite are skipped, or false where it is there. */
export const NO_SUITE = existsSync(`${SUITE}manifest.json`) ? false : "the conformance suite is not there";

/** The text of a key of the suite. */
export function suiteKey(name: string): string {
    return readFileSync(`${SUITE}keys/${name}`, "latin1").trim();
}

/** Open a file in memory. */
export function openBytes(bytes: Bytes, options: ReaderOptions = {}): Promise<DatumReader> {
    return DatumReader.open(new MemorySource(bytes, "a.datum"), options);
}

/** Return the bytes of hexadecimal text. */
export function hex(text: string): Bytes {
    return Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (digits) => parseInt(digits, 16));
}

/** Collect what an iterator gives. */
export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
    const all: T[] = [];
    for await (const value of values) {
        all.push(value);
    }
    return all;
}
