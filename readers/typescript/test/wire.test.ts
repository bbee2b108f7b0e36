/** Messages that a lenient parser would take for something else. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { toBinary } from "@bufbuild/protobuf";
import { DamagedFileError, type FileError, schema, UnsupportedFileError } from "../src/index.js";
import { parseItem } from "../src/item-check.js";
import { parse } from "../src/messages.js";
import { hex } from "./support.js";

const ID = "0a0161";

function refused(bytes: string, kind: typeof FileError = DamagedFileError): void {
    assert.throws(() => parseItem(hex(bytes)), kind);
}

/** Return a length-delimited field. */
function field(tag: string, value: string): string {
    let prefix = "";
    let size = value.length / 2;
    for (; size >= 0x80; size >>>= 7) {
        prefix += ((size & 0x7f) | 0x80).toString(16);
    }
    return `${tag}${prefix}${size.toString(16).padStart(2, "0")}${value}`;
}

/** Return a Value inside of so many lists. */
function inLists(value: string, depth: number): string {
    let nested = value;
    for (let count = 0; count < depth; count++) {
        nested = field("42", field("0a", nested));
    }
    return nested;
}

test("a field that goes on beyond the message around it is refused", () => {
    // Media { image { file { path of 3 bytes } } }, whose sizes end before the path does.
    assert.equal(parseItem(hex(`${ID}1209 0a07 0a05 0a03616263`)).media?.kind.case, "image");
    refused(`${ID}1208 0a07 0a05 0a03616263`);
    refused(`${ID}1209 0a06 0a05 0a03616263`);
    refused(`${ID}1209 0a07 0a04 0a03616263`);
    refused(`${ID}1209 0a07 0a05 0a04616263`);
});

test("packed numbers that end beyond their field are refused", () => {
    refused(`${ID}220842060a0412 0280`);
    refused(`${ID}22094207 0a051a0300000000`);
});

test("a field of another wire type counts as unknown, as with other protobuf libraries", () => {
    const item = parseItem(hex(`${ID} 0805 1501020304 0b 0805 0c 88800005`));
    assert.equal(item.id, "a");
    assert.equal(item.$unknown?.length, 4);
    // The group is kept as a whole.
    const again = parse(schema.ItemSchema, toBinary(schema.ItemSchema, item));
    assert.equal(again.$unknown?.length, 4);
});

test("values nested deeper than the format allows are refused, whatever the depth", () => {
    const attribute = (depth: number) => `${ID}${field("1a", `0a016b${field("12", inLists("0800", depth))}`)}`;
    assert.equal(parseItem(hex(attribute(30))).attributes.length, 1);
    refused(attribute(31));
    refused(attribute(5000));
});

test("groups nested without end are refused", () => {
    refused(`${ID}${"7b".repeat(5000)}${"7c".repeat(5000)}`);
    refused(`${ID}7b`);
    refused(`${ID}7b74`);
    refused(`${ID}7c`);
});

test("a value of no known kind is refused as something newer", () => {
    refused(`${ID}1a050a016b1200`, UnsupportedFileError);
    refused(`${ID}1a030a016b`, UnsupportedFileError);
});
