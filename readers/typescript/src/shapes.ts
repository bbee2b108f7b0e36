/** Shapes: which annotations have coordinates, and how many numbers each has (FORMAT.md, section 12). */

import { create } from "@bufbuild/protobuf";
import { decodeCoordinates } from "./coordinates.js";
import { type Annotation, type Coordinates, CoordinatesSchema } from "./messages.js";

/** The coordinates of an annotation. */
export interface Shape {
    /** The numbers as they are written; undefined: there are none. */
    readonly coordinates: Coordinates | undefined;
    /** How many numbers make a point. */
    readonly stride: number;
    /** How many numbers there have to be; undefined: any multiple of `stride`. */
    readonly count: number | undefined;
}

const NONE = create(CoordinatesSchema);
const decoded = new WeakMap<Coordinates, Float64Array>();

/** Return where an annotation has its coordinates, or undefined where its kind has none. */
export function shapeOf(annotation: Annotation): Shape | undefined {
    const { kind } = annotation;
    switch (kind.case) {
        case "polyLine":
        case "polygon":
        case "points":
            return { coordinates: kind.value.points, stride: 2, count: undefined };
        case "bbox":
            return { coordinates: kind.value.xywh, stride: 4, count: 4 };
        case "cuboid3d":
            return { coordinates: kind.value.positionRotationScale, stride: 3, count: 9 };
        case "ellipse":
            return { coordinates: kind.value.box, stride: 2, count: 4 };
        case "cuboid2d":
            return { coordinates: kind.value.points, stride: 2, count: 16 };
        case "rotatedBbox":
            return { coordinates: kind.value.cxcywhr, stride: 5, count: 5 };
        default:
            return undefined;
    }
}

/**
 * Return the coordinates of an annotation, point after point as the schema says: a Bbox gives x, y, width and height, a
 * Polygon x0, y0, x1, y1, ...
 *
 * @returns The numbers; undefined where annotations of this kind have no coordinates.
 * @throws {@link DamagedFileError} They are not what the schema allows. Never with items that a reader gave.
 */
export function coordinatesOf(annotation: Annotation): Float64Array | undefined {
    const shape = shapeOf(annotation);
    if (shape === undefined) {
        return undefined;
    }
    const { coordinates = NONE, stride, count } = shape;
    // Items are checked before they are handed out; what was decoded then is kept as long as the item is.
    let numbers = decoded.get(coordinates);
    if (numbers === undefined) {
        numbers = decodeCoordinates(coordinates, stride, count);
        if (coordinates !== NONE) {
            decoded.set(coordinates, numbers);
        }
    }
    return numbers;
}
