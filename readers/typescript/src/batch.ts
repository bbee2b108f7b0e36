/** The body of BLOCK: serialized items, split without being parsed. */

import { WireType } from "@bufbuild/protobuf/wire";
import { DamagedFileError } from "./errors.js";
import { wireFields } from "./wire.js";

const ITEMS = 1;

/**
 * Return the serialized items of a block's body; no bytes are copied.
 *
 * @throws {@link DamagedFileError} The bytes are no batch of items.
 */
export function splitBatch(body: Uint8Array): Uint8Array[] {
    const items: Uint8Array[] = [];
    for (const { number, type, start, end } of wireFields(body)) {
        if (number !== ITEMS || type !== WireType.LengthDelimited) {
            continue;
        }
        // The shortest item has an id: three bytes. What has less cannot be one, however many a hostile block has.
        if (end - start < 3) {
            throw new DamagedFileError("an item has no id");
        }
        items.push(body.subarray(start, end));
    }
    return items;
}
