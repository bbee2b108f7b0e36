/** Verification: every byte of an annotation file read once, and everything that it says about itself compared. */

import { splitBatch } from "./batch.js";
import { BlockTable } from "./block-table.js";
import { crc32 } from "./crc32.js";
import { DamagedFileError, shown } from "./errors.js";
import { parseItem } from "./item-check.js";
import { maskRuns } from "./masks.js";
import { type Item, type Meta, RecordKind } from "./messages.js";
import { located, type StoredRecord } from "./record.js";
import type { Listed, RecordFile } from "./record-file.js";
import { StatisticsCount } from "./statistics.js";

/**
 * Verify an annotation file.
 *
 * @param file - The file.
 * @param meta - Its META, which was checked.
 * @throws {@link FileError} The file is damaged, with the first place where it is.
 */
export async function verifyFile(file: RecordFile, meta: Meta): Promise<void> {
    const verification = new Verification(file, meta);
    for await (const record of file.records()) {
        const { kind } = record.envelope;
        // META was read, and what a later version added need not make sense here.
        if (kind === RecordKind.BLOCK || kind === RecordKind.INDEX || kind === RecordKind.FOOTER) {
            const body = await file.body(record);
            await located(file.source, record.offset, () => verification.add(record, body));
        }
    }
}

/** An account of a file, kept anew from what is in it, to be compared with the file's own. */
class Verification {
    readonly #file: RecordFile;
    readonly #labelCount: number | undefined;
    readonly #itemIds = new Set<string>();
    readonly #blocks: { place: string; itemCount: number }[] = [];
    readonly #indexes: string[] = [];
    readonly #listed = new BlockTable();
    readonly #statistics = new StatisticsCount();
    readonly #encoder = new TextEncoder();

    constructor(file: RecordFile, meta: Meta) {
        this.#file = file;
        this.#labelCount = meta.categories?.labels?.labels.length;
    }

    add(record: StoredRecord, body: Uint8Array): void {
        switch (record.envelope.kind) {
            case RecordKind.BLOCK:
                this.#block(record, body);
                break;
            case RecordKind.INDEX:
                this.#index(record, body);
                break;
            default:
                this.#footer();
        }
    }

    #block(record: StoredRecord, body: Uint8Array): void {
        const items = splitBatch(body);
        refuseUnless(items.length > 0, "a block without items");
        this.#blocks.push({ place: placeOf(record), itemCount: items.length });
        for (const bytes of items) {
            this.#item(parseItem(bytes));
        }
    }

    #item(item: Item): void {
        const name = `item '${shown(item.id)}'`;
        refuseUnless(!this.#itemIds.has(item.id), `${name} is there twice`);
        this.#itemIds.add(item.id);
        this.#statistics.add(item);
        for (const { kind, labelIndex } of item.annotations) {
            const known = this.#labelCount === undefined || labelIndex === undefined || labelIndex < this.#labelCount;
            refuseUnless(known, `${name} has label ${labelIndex}, there are ${this.#labelCount} labels`);
            if (kind.case === "mask") {
                maskRuns(kind.value);
            }
        }
    }

    #index(record: StoredRecord, body: Uint8Array): void {
        const [blockCount, itemCount] = [this.#listed.blocks.length, this.#listed.itemCount];
        this.#listed.add(body, this.#itemIds.size);
        const counts = [this.#listed.blocks.length - blockCount, this.#listed.itemCount - itemCount];
        this.#indexes.push([placeOf(record), ...counts].join());
    }

    #footer(): void {
        const { footer } = this.#file;
        const listed = this.#listed.blocks;
        const sameBlocks =
            listed.length === this.#blocks.length &&
            listed.every((block, at) => {
                const { place, itemCount } = this.#blocks[at];
                return placeOf(block) === place && block.itemCount === itemCount;
            });
        refuseUnless(sameBlocks && this.#sameIds(), "INDEX lists other blocks or items than the file has");
        const indexes = footer.index.map((entry) => [placeOf(entry), entry.blockCount, entry.itemCount].join());
        refuseUnless(
            indexes.join(";") === this.#indexes.join(";"),
            "FOOTER lists other INDEX records than the file has",
        );
        const count = this.#itemIds.size;
        refuseUnless(footer.itemCount === BigInt(count), `FOOTER counts ${footer.itemCount} items, there are ${count}`);
        refuseUnless(this.#statistics.agreesWith(footer.statistics), "FOOTER has other statistics than the items");
    }

    #sameIds(): boolean {
        const { idCrc32 } = this.#listed;
        let at = 0;
        for (const id of this.#itemIds) {
            if (idCrc32[at] !== crc32(this.#encoder.encode(id))) {
                return false;
            }
            at++;
        }
        return at === idCrc32.length;
    }
}

/** Return offset, size, seq and checksum of a record as text, to be compared. */
function placeOf(record: StoredRecord | Listed): string {
    const { seq, crc32: checksum } = "envelope" in record ? record.envelope : record;
    return [record.offset, record.size, seq, checksum].join();
}

function refuseUnless(condition: boolean, what: string): void {
    if (!condition) {
        throw new DamagedFileError(what);
    }
}
