/** Free-form values, decoded to what JavaScript has for them (FORMAT.md, section 13). */

import { DamagedFileError, shown, UnsupportedFileError } from "./errors.js";
import type { Attribute, Value } from "./messages.js";

/** A value: integers are bigints and doubles numbers, so that 1 is not 1.0; maps keep the writer's order. */
export type DecodedValue =
    | null
    | boolean
    | bigint
    | number
    | string
    | Uint8Array
    | DecodedValue[]
    | Map<string, DecodedValue>;

const MAX_DEPTH = 30;
const MIN_BIG_INT_SIZE = 9;

/**
 * Return the value of a message.
 *
 * @throws {@link DamagedFileError} It is not what the schema allows.
 * @throws {@link UnsupportedFileError} It is of a kind that this version does not know.
 */
export function decodeValue(message: Value | undefined): DecodedValue {
    return decode(message, 0);
}

/**
 * Return the named values of a message, in the writer's order.
 *
 * @throws {@link DamagedFileError} A key stands twice, or a value is not what the schema allows.
 * @throws {@link UnsupportedFileError} A value is of a kind that this version does not know.
 */
export function decodeAttributes(attributes: readonly Attribute[]): Map<string, DecodedValue> {
    return decodeEntries(attributes, 0);
}

function decode(message: Value | undefined, depth: number): DecodedValue {
    const kind = message?.kind;
    switch (kind?.case) {
        case "nullValue":
            return null;
        case "boolValue":
        case "intValue":
        case "doubleValue":
        case "stringValue":
        case "bytesValue":
            return kind.value;
        case "bigIntValue":
            return decodeBigInt(kind.value);
        case "listValue":
            checkDepth(depth);
            return kind.value.values.map((element) => decode(element, depth + 1));
        case "mapValue":
            checkDepth(depth);
            return decodeEntries(kind.value.entries, depth + 1);
        default:
            throw new UnsupportedFileError("a value is of a kind that this version does not know");
    }
}

function decodeEntries(entries: readonly Attribute[], depth: number): Map<string, DecodedValue> {
    const decoded = new Map<string, DecodedValue>();
    for (const { key, value } of entries) {
        if (decoded.has(key)) {
            throw new DamagedFileError(`the key '${shown(key)}' stands twice in a map or among attributes`);
        }
        decoded.set(key, decode(value, depth));
    }
    return decoded;
}

function checkDepth(depth: number): void {
    if (depth >= MAX_DEPTH) {
        throw new DamagedFileError(`values nest more than ${MAX_DEPTH} lists or maps deep`);
    }
}

function decodeBigInt(bytes: Uint8Array): bigint {
    const negative = bytes[0] >= 0x80;
    const padded = negative ? bytes[0] === 0xff && bytes[1] >= 0x80 : bytes[0] === 0 && bytes[1] < 0x80;
    if (bytes.length < MIN_BIG_INT_SIZE || padded) {
        throw new DamagedFileError("a big integer is not written in the fewest bytes");
    }
    const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
    return BigInt.asIntN(8 * bytes.length, BigInt(`0x${digits.join("")}`));
}
