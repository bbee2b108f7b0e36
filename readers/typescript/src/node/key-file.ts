/** Keys in files. */

import { readFile } from "node:fs/promises";
import { InvalidKeyError, shown } from "../errors.js";
import { parseKey } from "../keys.js";
import { codeOf } from "./file-source.js";

/**
 * Read a key from a file; white space around it does not matter.
 *
 * @throws {@link InvalidKeyError} The file cannot be read, or holds no key.
 */
export async function readKeyFile(path: string): Promise<string> {
    let text: string;
    try {
        text = (await readFile(path, "latin1")).trim();
    } catch (error) {
        throw new InvalidKeyError(`cannot read the key file ${shown(path)}: ${codeOf(error)}`, { cause: error });
    }
    parseKey(text);
    return text;
}
