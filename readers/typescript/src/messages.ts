/** The messages of the schema, parsed strictly; all other modules import them from here. */

import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { DamagedFileError } from "./errors.js";
import { checkedWire } from "./wire.js";

export * from "./schema.js";

/**
 * Parse a serialized message.
 *
 * @throws {@link DamagedFileError} The bytes are no such message.
 */
export function parse<Desc extends DescMessage>(schema: Desc, bytes: Uint8Array): MessageShape<Desc> {
    const checked = checkedWire(schema, bytes);
    try {
        return fromBinary(schema, checked);
    } catch (error) {
        // Whatever the library throws, such as a TypeError where text is no UTF-8, says that the bytes are no message.
        throw new DamagedFileError(
            `these ${bytes.length} bytes are no ${schema.name} message`,
            undefined,
            undefined,
            error,
        );
    }
}
