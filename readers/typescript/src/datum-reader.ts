/** DatumReader: the items of an annotation file, in order or by index or id. */

import { splitBatch } from "./batch.js";
import { type Block, BlockTable } from "./block-table.js";
import type { ByteSource } from "./byte-source.js";
import { DamagedFileError, FileError, ItemNotFoundError, shown } from "./errors.js";
import { DEFAULT_MAX_RECORD_SIZE } from "./header.js";
import { parseItem } from "./item-check.js";
import { type MediaOpener, readMedia } from "./media.js";
import { ContentType, type Footer, type Header, type Item, type MediaRef, type Meta, RecordKind } from "./messages.js";
import { parseMeta } from "./meta-check.js";
import { located } from "./record.js";
import { RecordFile } from "./record-file.js";
import { verifyFile } from "./verify.js";

/** How a file is opened. */
export interface ReaderOptions {
    /** The text of the file's key, `datum-...`; undefined: it is not encrypted. */
    readonly key?: string | undefined;
    /** The largest records that are accepted, in bytes; at least 4,194,303. By default 268,435,456. */
    readonly maxRecordSize?: number | undefined;
    /** Opens the media files of the dataset; undefined: only media inside of the file can be read. */
    readonly openMedia?: MediaOpener | undefined;
}

/**
 * Reads a `.datum` file: a sequence of items that can be asked for by index and id, too.
 *
 * Items are the messages of the schema. Each was checked in full before it is handed out. What only a later version of
 * the format knows is left as it is: an annotation or medium of an unknown kind has `kind.case` undefined, and an enum
 * may have a number that has no name.
 */
export class DatumReader {
    /** What holds for all items: subset, infos, categories, kind of media. */
    readonly meta: Meta;
    readonly #file: RecordFile;
    readonly #options: ReaderOptions;
    #table: Promise<BlockTable> | undefined;
    // The block of the item that was last asked for: neighbours are often asked for one after the other.
    #lastBlock: { block: Block; items: Uint8Array[] } | undefined;

    private constructor(file: RecordFile, meta: Meta, options: ReaderOptions) {
        this.#file = file;
        this.meta = meta;
        this.#options = options;
    }

    /**
     * Open a file: both its ends and META are read.
     *
     * @param source - The file. The reader closes it when it is closed itself.
     * @param options - Its key, limits and media.
     * @throws {@link FileError} It is no annotation file, damaged, incomplete, or needs a newer reader.
     * @throws {@link KeyProblemError} The key does not open it.
     */
    static async open(source: ByteSource, options: ReaderOptions = {}): Promise<DatumReader> {
        const limit = options.maxRecordSize ?? DEFAULT_MAX_RECORD_SIZE;
        const file = await RecordFile.open(source, ContentType.ANNOTATIONS, options.key, limit);
        const body = await file.meta();
        const meta = await located(source, file.head.end, () => parseMeta(body));
        return new DatumReader(file, meta, options);
    }

    /** The body of HEADER. */
    get header(): Header {
        return this.#file.head.header;
    }

    /** The body of FOOTER: what the file holds in all, with statistics of its annotations. */
    get footer(): Footer {
        return this.#file.footer;
    }

    /** Whether the file is encrypted. */
    get encrypted(): boolean {
        return this.header.encryption !== undefined;
    }

    /**
     * Return how many items there are.
     *
     * @throws {@link FileError} The file is damaged: FOOTER and INDEX do not agree.
     */
    async count(): Promise<number> {
        return (await this.#blockTable()).itemCount;
    }

    /**
     * Iterate over all items in their order, in constant memory.
     *
     * @throws {@link FileError} The file is damaged.
     */
    async *items(): AsyncGenerator<Item, void, void> {
        const table = await this.#blockTable();
        for (const block of table.blocks) {
            for (const bytes of await this.#readBlock(block)) {
                yield this.#parse(bytes, block);
            }
        }
    }

    /**
     * Return the item at an index.
     *
     * @param index - From 0; negative: from the end.
     * @throws {@link ItemNotFoundError} There is no such item.
     * @throws {@link FileError} The file is damaged.
     */
    async item(index: number): Promise<Item> {
        const table = await this.#blockTable();
        const place = index < 0 ? index + table.itemCount : index;
        if (!Number.isInteger(place) || place < 0 || place >= table.itemCount) {
            const name = shown(this.#file.source.name);
            throw new ItemNotFoundError(`${name}: there is no item ${index}, the file has ${table.itemCount}`);
        }
        const block = table.blockOf(place);
        const items = await this.#cachedBlock(block);
        return this.#parse(items[place - block.firstItem], block);
    }

    /**
     * Return the item of an id; only the blocks that may have it are read.
     *
     * @throws {@link ItemNotFoundError} There is no such item.
     * @throws {@link FileError} The file is damaged.
     */
    async itemById(id: string): Promise<Item> {
        const table = await this.#blockTable();
        for (const index of table.candidates(id)) {
            const item = await this.item(index);
            if (item.id === id) {
                return item;
            }
        }
        throw new ItemNotFoundError(`${shown(this.#file.source.name)}: no item has the id '${shown(id)}'`);
    }

    /**
     * Read the bytes of a media file, decrypted where it is encrypted, piece by piece. Size and checksum are compared
     * before the last piece is handed out.
     *
     * @param ref - Where they are.
     * @throws {@link MediaError} They cannot be had, or are not those that the item means.
     */
    media(ref: MediaRef): AsyncGenerator<Uint8Array, void, void> {
        return readMedia(ref, this.#options.openMedia, this.#options.key);
    }

    /**
     * Read every byte of the file once, and compare everything that it says about itself.
     *
     * @throws {@link FileError} The file is damaged, with the first place where it is.
     */
    async verify(): Promise<void> {
        await verifyFile(this.#file, this.meta);
    }

    /** Close the source of the file. */
    async close(): Promise<void> {
        await this.#file.source.close?.();
    }

    #blockTable(): Promise<BlockTable> {
        this.#table ??= BlockTable.read(this.#file).catch((error: unknown) => {
            // Another try may succeed: the source may be a server that could not be reached.
            this.#table = undefined;
            throw error;
        });
        return this.#table;
    }

    async #cachedBlock(block: Block): Promise<Uint8Array[]> {
        if (this.#lastBlock?.block !== block) {
            this.#lastBlock = { block, items: await this.#readBlock(block) };
        }
        return this.#lastBlock.items;
    }

    async #readBlock(block: Block): Promise<Uint8Array[]> {
        const body = await this.#file.readListed(RecordKind.BLOCK, block);
        return located(this.#file.source, Number(block.offset), () => {
            const items = splitBatch(body);
            if (items.length !== block.itemCount) {
                throw new DamagedFileError(`the block holds ${items.length} items, INDEX says ${block.itemCount}`);
            }
            return items;
        });
    }

    #parse(bytes: Uint8Array, block: Block): Item {
        try {
            return parseItem(bytes);
        } catch (error) {
            throw error instanceof FileError ? error.at(this.#file.source.name, Number(block.offset)) : error;
        }
    }
}
