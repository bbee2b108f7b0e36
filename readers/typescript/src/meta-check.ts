/** META of an annotation file: everything that FORMAT.md wants refused in it (section 11). */

import { decodeCoordinates } from "./coordinates.js";
import { DamagedFileError } from "./errors.js";
import { type Categories, type LabelColor, type Meta, MetaSchema, parse } from "./messages.js";
import { decodeAttributes, decodeValue } from "./values.js";

const MAX_COLOR = 255;

/**
 * Parse META and check it in full.
 *
 * @throws {@link DamagedFileError} It is not what the schema allows.
 * @throws {@link UnsupportedFileError} A value is of a kind that this version does not know.
 */
export function parseMeta(bytes: Uint8Array): Meta {
    const meta = parse(MetaSchema, bytes);
    if (meta.subset === "") {
        throw new DamagedFileError("META: the subset has no name");
    }
    decodeAttributes(meta.infos);
    if (meta.categories !== undefined) {
        checkCategories(meta.categories);
    }
    return meta;
}

function checkCategories({ labels, masks, points, tabular }: Categories): void {
    for (const label of labels?.labels ?? []) {
        decodeAttributes(label.infos);
    }
    checkLabels(masks?.colors ?? [], "the colour");
    masks?.colors.forEach(checkColor);
    checkLabels(points?.items ?? [], "the keypoints");
    for (const { positions } of points?.items ?? []) {
        if (positions !== undefined) {
            decodeCoordinates(positions, 2);
        }
    }
    for (const column of tabular?.items ?? []) {
        column.labels.forEach((label) => decodeValue(label));
    }
}

function checkLabels(parts: readonly { label: number }[], what: string): void {
    const seen = new Set<number>();
    for (const { label } of parts) {
        if (seen.has(label)) {
            throw new DamagedFileError(`META: ${what} of label ${label} stands there twice`);
        }
        seen.add(label);
    }
}

function checkColor({ label, red, green, blue }: LabelColor): void {
    if (Math.max(red, green, blue) > MAX_COLOR) {
        throw new DamagedFileError(`META: the colour of label ${label} is beyond ${MAX_COLOR}`);
    }
}
