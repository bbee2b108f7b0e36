/**
 * The program of the conformance suite.
 *
 *     conformance MODE FILE [--key-file KEYFILE] [--path LOGICAL_PATH]
 *     conformance batch
 *
 * In a batch each line of standard input is a JSON list of arguments, and a line with the exit status ends each answer.
 */

import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { jsonText } from "./json.js";
import { lines, MODES } from "./lines.js";

const FLUSH_SIZE = 1 << 16;

async function answer(args: string[]): Promise<number> {
    const options = { "key-file": { type: "string" }, path: { type: "string" } } as const;
    const { positionals, values } = parseArgs({ args, options, allowPositionals: true });
    const [mode, file] = positionals;
    if (positionals.length !== 2 || MODES[mode] === undefined) {
        const modes = Object.keys(MODES).join("|");
        console.error(
            `usage: conformance ${modes} FILE [--key-file KEYFILE] [--path LOGICAL_PATH]\n       conformance batch`,
        );
        return 2;
    }
    let failed = false;
    let pending = "";
    for await (const line of lines(mode, file, values["key-file"], values.path ?? "")) {
        failed = typeof line === "object" && line !== null && "error" in line;
        pending += `${jsonText(line)}\n`;
        if (pending.length > FLUSH_SIZE) {
            await print(pending);
            pending = "";
        }
    }
    await print(pending);
    return failed ? 1 : 0;
}

async function batch(): Promise<number> {
    for await (const line of createInterface({ input: process.stdin })) {
        const status = await answer(JSON.parse(line) as string[]);
        await print(`{"status": ${status}}\n`);
    }
    return 0;
}

async function print(text: string): Promise<void> {
    if (!process.stdout.write(text)) {
        await new Promise((resolve) => process.stdout.once("drain", resolve));
    }
}

const args = process.argv.slice(2);
process.exitCode = args.length === 1 && args[0] === "batch" ? await batch() : await answer(args);
