/** A dataset's file, opened together with the folder of its media. */

import { basename, dirname, resolve } from "node:path";
import { DatumReader, type ReaderOptions } from "../datum-reader.js";
import { FileSource } from "./file-source.js";
import { mediaFolder } from "./media-folder.js";

/**
 * Open an annotation file.
 *
 * @param path - The file. Media are those of its dataset, whose folder is the parent of the file's folder where that is
 *   called `annotations`, else the file's folder.
 * @param options - Its key, limits, and media where they are elsewhere.
 * @throws {@link FileError} It is no annotation file, damaged, incomplete, or needs a newer reader.
 * @throws {@link KeyProblemError} The key does not open it.
 */
export async function openFile(path: string, options: ReaderOptions = {}): Promise<DatumReader> {
    const folder = dirname(resolve(path));
    const root = basename(folder) === "annotations" ? dirname(folder) : folder;
    const source = await FileSource.open(path);
    try {
        return await DatumReader.open(source, { openMedia: mediaFolder(root), ...options });
    } catch (error) {
        await source.close();
        throw error;
    }
}
