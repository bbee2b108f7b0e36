/** The package: what browsers load has nothing of Node.js. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { READER } from "./support.js";

// A hook that refuses the modules of Node.js to whatever is loaded from now on, as a browser would.
const HOOK = `export async function resolve(name, context, next) {
  const found = await next(name, context);
  if (found.url.startsWith("node:")) throw new Error("not in a browser: " + name + " from " + context.parentURL);
  return found;
}`;

function load(module: string): { status: number | null; stderr: string } {
    const url = pathToFileURL(`${READER}out/src/${module}`).href;
    const program = `
    import { register } from "node:module";
    register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(HOOK)}`)});
    const { DatumReader } = await import(${JSON.stringify(url)});
    if (typeof DatumReader !== "function" && !${JSON.stringify(module)}.startsWith("node/")) process.exit(3);`;
    return spawnSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
}

test("the library is loaded where there are no modules of Node.js", () => {
    const { status, stderr } = load("index.js");
    assert.equal(status, 0, stderr);
});

test("the part for Node.js is not, so that the test above would notice", () => {
    const { status, stderr } = load("node/index.js");
    assert.notEqual(status, 0);
    assert.match(stderr, /not in a browser: node:/);
});
