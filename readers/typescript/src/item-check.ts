/** Items: everything that FORMAT.md wants refused in one (section 11), before the item is handed out. */

import { DamagedFileError } from "./errors.js";
import { type Annotation, type Item, ItemSchema, type Media, parse, type Points, type Video } from "./messages.js";
import { coordinatesOf } from "./shapes.js";
import { decodeAttributes } from "./values.js";

const MAX_VISIBILITY = 255;

/**
 * Parse an item and check it in full.
 *
 * @throws {@link DamagedFileError} It is not what the schema allows.
 * @throws {@link UnsupportedFileError} A value is of a kind that this version does not know.
 */
export function parseItem(bytes: Uint8Array): Item {
    const item = parse(ItemSchema, bytes);
    if (item.id === "") {
        throw new DamagedFileError("an item has no id");
    }
    decodeAttributes(item.attributes);
    if (item.media !== undefined) {
        checkMedia(item.media);
    }
    item.annotations.forEach(checkAnnotation);
    return item;
}

function checkMedia({ kind }: Media): void {
    if (kind.case === "video") {
        checkVideo(kind.value);
    } else if (kind.case === "videoFrame" && kind.value.video !== undefined) {
        checkVideo(kind.value.video);
    }
}

function checkVideo(video: Video): void {
    if (video.step === 0n) {
        throw new DamagedFileError("a video has step 0");
    }
}

function checkAnnotation(annotation: Annotation): void {
    const { kind } = annotation;
    if (kind.case === undefined) {
        // A later version's: nothing in it means what this version would take it for.
        return;
    }
    decodeAttributes(annotation.attributes);
    const numbers = coordinatesOf(annotation);
    if (kind.case === "points") {
        checkVisibility(kind.value, (numbers?.length ?? 0) / 2);
    } else if (kind.case === "tabular") {
        decodeAttributes(kind.value.values);
    } else if (kind.case === "featureVector" && kind.value.f32.length > 0 && kind.value.f64.length > 0) {
        throw new DamagedFileError("a feature vector is written in two ways at once");
    }
}

function checkVisibility({ visibility }: Points, count: number): void {
    const fits = visibility.length === 0 || visibility.length === count;
    if (!fits || visibility.some((number) => number > MAX_VISIBILITY)) {
        throw new DamagedFileError("visibility has to be a number from 0 to 255 for each point");
    }
}
