/** JSON as the conformance suite wants it: protobuf's mapping, numbers in the shortest form that gives them back. */

import type { JsonValue } from "@bufbuild/protobuf";

/** Return the text of a value; -0 keeps its sign, which JSON.stringify drops. */
export function jsonText(value: JsonValue): string {
    if (typeof value === "number") {
        return Object.is(value, -0) ? "-0.0" : String(value);
    }
    if (Array.isArray(value)) {
        return `[${value.map(jsonText).join()}]`;
    }
    if (typeof value === "object" && value !== null) {
        return `{${Object.entries(value)
            .map(([key, part]) => `${JSON.stringify(key)}:${jsonText(part)}`)
            .join()}}`;
    }
    return JSON.stringify(value);
}

/** Shorten the numbers of single precision in a message's JSON: only they stand under the name `f32`. */
export function withShortFloats(value: JsonValue): JsonValue {
    if (Array.isArray(value)) {
        return value.map(withShortFloats);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    return Object.fromEntries(
        Object.entries(value).map(([key, part]) => [
            key,
            key === "f32" && Array.isArray(part) ? part.map(shortFloat) : withShortFloats(part),
        ]),
    );
}

/** Return numbers as JSON has them: NaN and the infinities as text. */
export function jsonNumbers(numbers: Iterable<number>): JsonValue[] {
    return Array.from(numbers, (number) => (Number.isFinite(number) ? number : String(number)));
}

function shortFloat(value: JsonValue): JsonValue {
    if (typeof value !== "number") {
        return value;
    }
    for (let digits = 1; digits < 9; digits++) {
        const short = Number(value.toPrecision(digits));
        if (Object.is(Math.fround(short), value)) {
            return short;
        }
    }
    return value;
}
