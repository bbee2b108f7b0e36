/** INDEX: where each block is, and which item is in which block (FORMAT.md, section 8). */

import { WireType } from "@bufbuild/protobuf/wire";
import { crc32 } from "./crc32.js";
import { DamagedFileError } from "./errors.js";
import { BlockEntrySchema, parse, RecordKind } from "./messages.js";
import { located } from "./record.js";
import type { Listed, RecordFile } from "./record-file.js";
import { wireFields } from "./wire.js";

const BLOCKS = 1;
const ITEM_ID_CRC32 = 2;

/** A block, as INDEX lists it. */
export interface Block extends Listed {
    /** The index of its first item. */
    readonly firstItem: number;
    /** How many items it holds. */
    readonly itemCount: number;
}

/** All blocks of a file, in order. */
export class BlockTable {
    readonly blocks: Block[] = [];
    /** The CRC-32 of each item's id, in order. */
    #idCrc32 = new Uint32Array(0);
    #itemCount = 0;

    /**
     * Read all INDEX records that FOOTER lists.
     *
     * @throws {@link DamagedFileError} They are not what FOOTER says.
     */
    static async read(file: RecordFile): Promise<BlockTable> {
        const table = new BlockTable();
        const { footer, source, footerOffset } = file;
        // What is kept is bounded by the size of the file, however well a hostile INDEX is compressed.
        const most = Math.min(Number(footer.itemCount), source.size);
        for (const entry of footer.index) {
            const body = await file.readListed(RecordKind.INDEX, entry);
            await located(source, Number(entry.offset), () => table.add(body, most));
        }
        if (BigInt(table.#itemCount) !== footer.itemCount) {
            throw new DamagedFileError("INDEX and FOOTER count different numbers of items", source.name, footerOffset);
        }
        return table;
    }

    /** How many items all blocks hold. */
    get itemCount(): number {
        return this.#itemCount;
    }

    /** The CRC-32 of each item's id, in order. */
    get idCrc32(): Uint32Array {
        return this.#idCrc32.subarray(0, this.#itemCount);
    }

    /**
     * Add the body of an INDEX record.
     *
     * @param body - The body.
     * @param most - How many blocks and items there may be in all.
     * @throws {@link DamagedFileError} It is not what the schema allows.
     */
    add(body: Uint8Array, most: number): void {
        const view = new DataView(body.buffer, body.byteOffset, body.length);
        let idCount = this.#itemCount;
        for (const { number, type, start, end } of wireFields(body)) {
            if (number === BLOCKS && type === WireType.LengthDelimited) {
                this.#addBlock(body.subarray(start, end));
            } else if (number === ITEM_ID_CRC32 && (type === WireType.LengthDelimited || type === WireType.Bit32)) {
                refuseUnless((end - start) % 4 === 0, "INDEX cannot be parsed");
                refuseUnless(idCount + (end - start) / 4 <= most, "INDEX lists more items than the file can have");
                this.#reserve(idCount + (end - start) / 4, most);
                for (let at = start; at < end; at += 4) {
                    this.#idCrc32[idCount++] = view.getUint32(at, true);
                }
            }
            refuseUnless(this.#itemCount <= most, "INDEX lists more items than the file can have");
        }
        refuseUnless(idCount === this.#itemCount, "INDEX lists ids of other items than its blocks hold");
    }

    /** Return the block that holds the item at an index, which has to be one of the file. */
    blockOf(item: number): Block {
        let [low, high] = [0, this.blocks.length - 1];
        while (low < high) {
            const middle = (low + high + 1) >>> 1;
            [low, high] = this.blocks[middle].firstItem <= item ? [middle, high] : [low, middle - 1];
        }
        return this.blocks[low];
    }

    /** Iterate over the indices of the items that may have an id: those whose CRC-32 matches. */
    *candidates(id: string): Generator<number> {
        const wanted = crc32(new TextEncoder().encode(id));
        const { idCrc32 } = this;
        for (let at = idCrc32.indexOf(wanted); at >= 0; at = idCrc32.indexOf(wanted, at + 1)) {
            yield at;
        }
    }

    #addBlock(bytes: Uint8Array): void {
        const { offset, size, seq, crc32: checksum, itemCount } = parse(BlockEntrySchema, bytes);
        refuseUnless(itemCount > 0, "INDEX lists a block without items");
        refuseUnless(seq <= Number.MAX_SAFE_INTEGER, "INDEX lists a block with an impossible number");
        const place = { offset: Number(offset), size: Number(size), seq: Number(seq), crc32: checksum };
        this.blocks.push({ ...place, firstItem: this.#itemCount, itemCount });
        this.#itemCount += itemCount;
    }

    #reserve(count: number, most: number): void {
        if (count > this.#idCrc32.length) {
            const grown = new Uint32Array(Math.min(most, Math.max(count, 2 * this.#idCrc32.length)));
            grown.set(this.#idCrc32);
            this.#idCrc32 = grown;
        }
    }
}

function refuseUnless(condition: boolean, what: string): void {
    if (!condition) {
        throw new DamagedFileError(what);
    }
}
