/** The conformance suite, run inside of this process: every file, in every mode. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { lines } from "../program/lines.js";
import { jsonText } from "../program/json.js";
import { collect, NO_SUITE, SUITE } from "./support.js";

interface Case {
    name: string;
    file: string;
    kind: "items" | "media";
    key: string | null;
    path?: string;
    error?: string | string[];
    modes?: string[];
}

type Line = Record<string, unknown>;

// An error of one of these classes is one of the class behind it, too.
const KINDS: Record<string, string> = { TruncatedFile: "DamagedFile", Authentication: "DamagedFile" };

const cases: Case[] = NO_SUITE ? [] : JSON.parse(readFileSync(`${SUITE}manifest.json`, "utf8")).cases;

async function run(mode: string, { file, key, path }: Case): Promise<Line[]> {
    const keyFile = key === null ? undefined : `${SUITE}keys/${key}`;
    const printed = await collect(lines(mode, `${SUITE}${file}`, keyFile, path ?? ""));
    return printed.map((line) => JSON.parse(jsonText(line)) as Line);
}

/** Numbers of single precision may be written with more digits than they need; empty coordinates do not count. */
function comparable(value: unknown, single = false): unknown {
    if (Array.isArray(value)) {
        return value.map((element) => comparable(element, single));
    }
    if (typeof value === "object" && value !== null) {
        const entries = Object.entries(value).map(([key, part]) => {
            const kept =
                key === "coordinates" && Array.isArray(part) ? part.filter((numbers) => numbers.length > 0) : part;
            return [key, comparable(kept, key === "f32")] as const;
        });
        return Object.fromEntries(entries);
    }
    return single && typeof value === "number" ? Math.fround(value) : value;
}

for (const one of cases.filter(({ error }) => error === undefined)) {
    const modes = one.modes ?? (one.kind === "media" ? ["media"] : ["items", "random", "verify"]);
    test(`${one.name} is read to the values that it has`, async () => {
        const wanted = JSON.parse(readFileSync(`${SUITE}${one.file.replace(/\.datum$/, ".json")}`, "utf8")) as Line[];
        for (const mode of modes) {
            const printed = await run(mode, one);
            assert.deepStrictEqual(
                comparable(printed),
                comparable(mode === "verify" ? wanted.slice(-1) : wanted),
                mode,
            );
        }
    });
}

for (const one of cases.filter(({ error }) => error !== undefined)) {
    test(`${one.name} is refused`, async () => {
        for (const mode of one.modes ?? []) {
            const last = (await run(mode, one)).at(-1);
            const found = String(last?.["error"]);
            const allowed = [one.error].flat();
            assert.ok(allowed.includes(found) || allowed.includes(KINDS[found]), `${mode}: ${JSON.stringify(last)}`);
            assert.match(String(last?.["message"]), /^[^\p{C}]+$/u);
        }
    });
}

test("the suite is there", { skip: NO_SUITE }, () => {
    assert.ok(cases.length > 0);
});
