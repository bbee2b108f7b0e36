/** Keys as people handle them: `datum-` and 44 characters of URL-safe base64. */

import type { Bytes } from "./byte-source.js";
import { InvalidKeyError } from "./errors.js";

const PREFIX = "datum-";
const KEY_SIZE = 32;
const TEXT_SIZE = PREFIX.length + 44;
const BODY = /^[A-Za-z0-9_-]{43}=$/;

/**
 * Return the 32 bytes that a key's text stands for.
 *
 * @throws {@link InvalidKeyError} The text is not a key. The message does not show it.
 */
export function parseKey(text: string): Bytes {
    if (text.length !== TEXT_SIZE) {
        throw new InvalidKeyError(`invalid key: it has ${text.length} characters, a key has ${TEXT_SIZE}`);
    }
    if (!text.startsWith(PREFIX)) {
        throw new InvalidKeyError(`invalid key: a key begins with "${PREFIX}"`);
    }
    const body = text.slice(PREFIX.length);
    const plain = body.replaceAll("-", "+").replaceAll("_", "/");
    // Encoding it again shows bits that are set and not used.
    if (!BODY.test(body) || btoa(atob(plain)) !== plain) {
        throw new InvalidKeyError(`invalid key: behind "${PREFIX}" a key is URL-safe base64 of ${KEY_SIZE} bytes`);
    }
    return Uint8Array.from(atob(plain), (character) => character.charCodeAt(0));
}
