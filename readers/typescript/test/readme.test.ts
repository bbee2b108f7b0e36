/** The README shows what was compiled. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { READER } from "./support.js";

test("the example of the README is the one that was compiled", () => {
    const readme = readFileSync(`${READER}README.md`, "utf8");
    const example = readFileSync(`${READER}examples/print-items.ts`, "utf8");
    assert.equal(/```ts\n(.*?)```/s.exec(readme)?.[1], example);
});
