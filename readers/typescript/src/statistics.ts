/** Statistics of the items of a file, counted anew to be compared with those that FOOTER states. */

import { AnnotationSchema, type Item, type Statistics } from "./messages.js";

const KIND_NUMBERS = new Map<string | undefined, number>(
    AnnotationSchema.oneofs
        .filter(({ name }) => name === "kind")
        .flatMap(({ fields }) => fields)
        .map((field) => [field.localName, field.number]),
);
const KNOWN = new Set(KIND_NUMBERS.values());
const UNKNOWN = 0;

/** Counts annotations by type and label. */
export class StatisticsCount {
    readonly #types = new Map<number, bigint>();
    readonly #labels = new Map<number, bigint>();
    #unlabelled = 0n;
    #total = 0n;

    /** Count the annotations of one more item. */
    add(item: Item): void {
        for (const { kind, labelIndex } of item.annotations) {
            this.#total++;
            addTo(this.#types, KIND_NUMBERS.get(kind.case) ?? UNKNOWN, 1n);
            if (labelIndex === undefined) {
                this.#unlabelled++;
            } else {
                addTo(this.#labels, labelIndex, 1n);
            }
        }
    }

    /** Tell whether a file states what was counted. */
    agreesWith(stated: Statistics | undefined): boolean {
        const types = new Map<number, bigint>();
        for (const { type, count } of stated?.types ?? []) {
            // Types that only a later version knows are counted by that version under their own numbers.
            addTo(types, KNOWN.has(type) ? type : UNKNOWN, count);
        }
        return (
            (stated?.annotationCount ?? 0n) === this.#total &&
            (stated?.unlabelledCount ?? 0n) === this.#unlabelled &&
            ascending((stated?.types ?? []).map(({ type }) => type)) &&
            ascending((stated?.labels ?? []).map(({ labelIndex }) => labelIndex)) &&
            same(types, this.#types) &&
            same(new Map((stated?.labels ?? []).map(({ labelIndex, count }) => [labelIndex, count])), this.#labels)
        );
    }
}

function addTo(counts: Map<number, bigint>, key: number, count: bigint): void {
    counts.set(key, (counts.get(key) ?? 0n) + count);
}

function ascending(numbers: readonly number[]): boolean {
    return numbers.every((number, index) => index === 0 || number > numbers[index - 1]);
}

function same(one: Map<number, bigint>, other: Map<number, bigint>): boolean {
    return one.size === other.size && [...one].every(([key, count]) => other.get(key) === count);
}
