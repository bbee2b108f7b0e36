/** The folder of a dataset, as the place of its media files. */

import { realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import type { ByteSource } from "../byte-source.js";
import { FileError, MediaNotFoundError, MediaPathError, shown } from "../errors.js";
import type { MediaOpener } from "../media.js";
import { codeOf, FileSource } from "./file-source.js";

/**
 * Return what opens the media files of a dataset.
 *
 * @param root - The dataset's folder, which holds `annotations/`.
 */
export function mediaFolder(root: string): MediaOpener {
    return async (path: string): Promise<ByteSource> => {
        const name = shown(path);
        let inside: string;
        let full: string;
        try {
            [inside, full] = await Promise.all([realpath(root), realpath(join(root, path))]);
        } catch (error) {
            throw new MediaNotFoundError(`${name}: cannot open this media file: ${codeOf(error)}`, { cause: error });
        }
        if (!full.startsWith(inside.endsWith(sep) ? inside : inside + sep)) {
            throw new MediaPathError(`${name}: this media path leads out of the dataset through a link`);
        }
        try {
            return await FileSource.open(full);
        } catch (error) {
            if (error instanceof FileError) {
                throw new MediaNotFoundError(`${name}: ${error.reason}`, { cause: error });
            }
            throw error;
        }
    };
}
