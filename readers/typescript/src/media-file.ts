/** Encrypted media files: the same container, with the file's bytes in MEDIA records (FORMAT.md, section 10). */

import type { ByteSource, Bytes } from "./byte-source.js";
import { DamagedFileError, shown } from "./errors.js";
import { DEFAULT_MAX_RECORD_SIZE } from "./header.js";
import { ContentType, MediaMetaSchema, parse, RecordKind } from "./messages.js";
import { located } from "./record.js";
import { RecordFile } from "./record-file.js";

/**
 * Read the bytes of an encrypted media file piece by piece.
 *
 * @param source - The file.
 * @param path - The path under which the dataset knows it: a file moved or swapped is refused.
 * @param key - The text of the key.
 * @param maxRecordSize - The largest records that are accepted, in bytes.
 * @throws {@link FileError} It is not an encrypted media file, or damaged.
 * @throws {@link KeyProblemError} The key does not open it.
 */
export async function* readMediaFile(
    source: ByteSource,
    path: string,
    key: string | undefined,
    maxRecordSize = DEFAULT_MAX_RECORD_SIZE,
): AsyncGenerator<Bytes, void, void> {
    const file = await RecordFile.open(source, ContentType.MEDIA, key, maxRecordSize);
    const body = await file.meta();
    await located(source, file.head.end, () => {
        const meta = parse(MediaMetaSchema, body);
        if (meta.path !== path) {
            throw new DamagedFileError(`this is another media file of the dataset, moved here: '${shown(meta.path)}'`);
        }
    });
    let size = 0;
    for await (const record of file.records()) {
        if (record.envelope.kind === RecordKind.MEDIA) {
            const piece = await file.body(record);
            if (piece.length === 0) {
                throw new DamagedFileError("a piece of a media file without bytes", source.name, record.offset);
            }
            size += piece.length;
            yield piece;
        }
    }
    if (file.footer.mediaSize !== BigInt(size)) {
        const stated = file.footer.mediaSize ?? "no";
        throw new DamagedFileError(`${stated} bytes were written, ${size} are there`, source.name, file.footerOffset);
    }
}
