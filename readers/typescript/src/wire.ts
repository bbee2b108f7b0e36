/**
 * The wire format, checked before a message is parsed: the library trusts that each field has the wire type of the
 * schema and ends where the message around it does. Other libraries take the one for an unknown field and refuse the
 * other, and so does this.
 */

import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { WireType } from "@bufbuild/protobuf/wire";
import { DamagedFileError } from "./errors.js";

// What protobuf parsers accept by default.
const MAX_DEPTH = 100;
const MAX_VARINT_SIZE = 10;

/** A field of a serialized message. */
export interface WireField {
    /** The field's number. */
    readonly number: number;
    /** How its value is written. */
    readonly type: WireType;
    /** Where the value begins; the size of a length-delimited one is behind it. */
    readonly start: number;
    /** Where the value ends. */
    readonly end: number;
}

interface Rule {
    readonly types: readonly WireType[];
    readonly message: DescMessage | undefined;
}

/** A field that has a number of the schema and another wire type. */
interface Stray {
    /** Where its tag is, or one of the tags of a group. */
    readonly start: number;
    readonly end: number;
    /** A number that the message around it does not know. */
    readonly unknown: number;
}

const rulesOf = new WeakMap<DescMessage, Map<number, Rule>>();

/**
 * Check the fields of a serialized message, and those of the messages in it.
 *
 * @returns The message, in which every field of another wire type than the schema's has an unknown number.
 * @throws {@link DamagedFileError} It is no such message.
 */
export function checkedWire(schema: DescMessage, bytes: Uint8Array): Uint8Array {
    const strays: Stray[] = [];
    checkFields(schema, new WireReader(bytes), bytes.length, 1, strays);
    if (strays.length === 0) {
        return bytes;
    }
    const copy = bytes.slice();
    for (const { start, end, unknown } of strays) {
        // As many bytes as before: those in between are set to continue and add nothing.
        copy.fill(0x80, start, end);
        copy[start] |= (unknown << 3) | (bytes[start] & 7);
        copy[end - 1] &= 0x7f;
    }
    return copy;
}

/**
 * Take a serialized message apart, without parsing what is in it.
 *
 * @throws {@link DamagedFileError} It is no message.
 */
export function* wireFields(bytes: Uint8Array): Generator<WireField> {
    const reader = new WireReader(bytes);
    while (reader.at < bytes.length) {
        const tag = reader.tag(bytes.length);
        const type: WireType = tag & 7;
        let start = reader.at;
        if (type === WireType.LengthDelimited) {
            const end = reader.lengthDelimited(bytes.length);
            start = reader.at;
            reader.at = end;
        } else {
            reader.skip(tag, bytes.length, 1);
        }
        yield { number: tag >>> 3, type, start, end: reader.at };
    }
}

function checkFields(schema: DescMessage, reader: WireReader, end: number, depth: number, strays: Stray[]): void {
    refuseUnless(depth <= MAX_DEPTH);
    const rules = rulesOf.get(schema) ?? makeRules(schema);
    while (reader.at < end) {
        const start = reader.at;
        const tag = reader.tag(end);
        const rule = rules.get(tag >>> 3);
        if (rule === undefined) {
            reader.skip(tag, end, depth);
        } else if (!rule.types.includes(tag & 7)) {
            const unknown = lastUnknown(rules);
            strays.push({ start, end: reader.at, unknown });
            reader.skip(tag, end, depth);
            if ((tag & 7) === WireType.StartGroup) {
                strays.push({ start: reader.lastTag, end: reader.at, unknown });
            }
        } else if (rule.message !== undefined) {
            checkFields(rule.message, reader, reader.lengthDelimited(end), depth + 1, strays);
        } else if ((tag & 7) === WireType.LengthDelimited && rule.types.length > 1) {
            reader.packed(rule.types[0], reader.lengthDelimited(end));
        } else {
            reader.skip(tag, end, depth);
        }
    }
}

function makeRules(schema: DescMessage): Map<number, Rule> {
    const rules = new Map<number, Rule>();
    for (const field of schema.fields) {
        const type = wireTypeOf(field);
        const list = field.fieldKind === "list" && type !== WireType.LengthDelimited;
        rules.set(field.number, { types: list ? [type, WireType.LengthDelimited] : [type], message: field.message });
    }
    rulesOf.set(schema, rules);
    return rules;
}

/** Return a number that no field has and that takes one byte as a tag; the schema keeps some of these free. */
function lastUnknown(rules: Map<number, Rule>): number {
    let number = 15;
    while (rules.has(number)) {
        number--;
    }
    return number;
}

function wireTypeOf(field: DescField): WireType {
    switch (field.message === undefined ? field.scalar : ScalarType.BYTES) {
        case ScalarType.STRING:
        case ScalarType.BYTES:
            return WireType.LengthDelimited;
        case ScalarType.DOUBLE:
        case ScalarType.FIXED64:
        case ScalarType.SFIXED64:
            return WireType.Bit64;
        case ScalarType.FLOAT:
        case ScalarType.FIXED32:
        case ScalarType.SFIXED32:
            return WireType.Bit32;
        default:
            return WireType.Varint;
    }
}

/** A place in a serialized message. */
class WireReader {
    at = 0;
    /** Where the tag that was last read begins. */
    lastTag = 0;
    readonly #bytes: Uint8Array;

    constructor(bytes: Uint8Array) {
        this.#bytes = bytes;
    }

    /** Read a tag: field number and wire type. */
    tag(end: number): number {
        this.lastTag = this.at;
        const tag = this.#number(end);
        refuseUnless(tag >= 8 && tag < 2 ** 32 && (tag & 7) <= WireType.Bit32);
        return tag;
    }

    /** Read the length of a value and return where it ends. */
    lengthDelimited(end: number): number {
        const length = this.#number(end);
        refuseUnless(length <= end - this.at);
        return this.at + length;
    }

    /** Pass packed values, which have to end where their field does. */
    packed(type: WireType, end: number): void {
        if (type === WireType.Varint) {
            while (this.at < end) {
                this.#varint(end);
            }
        } else {
            refuseUnless((end - this.at) % (type === WireType.Bit64 ? 8 : 4) === 0);
            this.at = end;
        }
    }

    /** Pass the value of a field. */
    skip(tag: number, end: number, depth: number): void {
        switch (tag & 7) {
            case WireType.Varint:
                this.#varint(end);
                return;
            case WireType.Bit64:
                this.#pass(8, end);
                return;
            case WireType.Bit32:
                this.#pass(4, end);
                return;
            case WireType.LengthDelimited:
                this.at = this.lengthDelimited(end);
                return;
            case WireType.StartGroup:
                this.#group(tag, end, depth + 1);
                return;
            default:
                refuseUnless(false);
        }
    }

    #group(start: number, end: number, depth: number): void {
        refuseUnless(depth <= MAX_DEPTH);
        for (;;) {
            const tag = this.tag(end);
            if ((tag & 7) === WireType.EndGroup) {
                refuseUnless(tag >>> 3 === start >>> 3);
                return;
            }
            this.skip(tag, end, depth);
        }
    }

    #pass(size: number, end: number): void {
        refuseUnless(size <= end - this.at);
        this.at += size;
    }

    #varint(end: number): void {
        const last = Math.min(end, this.at + MAX_VARINT_SIZE);
        while (this.at < last) {
            if (this.#bytes[this.at++] < 0x80) {
                return;
            }
        }
        refuseUnless(false);
    }

    #number(end: number): number {
        const start = this.at;
        this.#varint(end);
        let number = 0;
        for (let at = this.at - 1; at >= start; at--) {
            number = number * 128 + (this.#bytes[at] & 0x7f);
        }
        return number;
    }
}

function refuseUnless(condition: boolean): void {
    if (!condition) {
        throw new DamagedFileError("a message is malformed");
    }
}
