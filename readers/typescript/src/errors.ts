/**
 * Every error of the library, in one tree, the same as that of the Python library:
 *
 *     DatumpbError
 *     ├── FileError                     a .datum file cannot be used
 *     │   ├── NotADatumFileError        it is something else
 *     │   ├── DamagedFileError          a bit flipped, a record missing, out of place or from another file
 *     │   │   ├── TruncatedFileError    it ends too early: cut off, or never finished
 *     │   │   └── AuthenticationError   an encrypted record is not what was written: damaged, moved or forged
 *     │   ├── UnsupportedFileError      it needs a newer reader
 *     │   └── LimitError                it asks for more than a reader grants
 *     ├── KeyProblemError               something is wrong with the encryption key
 *     │   ├── InvalidKeyError           the text is not a key
 *     │   ├── MissingKeyError           the file is encrypted, and no key was given
 *     │   ├── WrongKeyError             the file was encrypted with another key
 *     │   └── UnexpectedKeyError        a key was given, and the file is not encrypted
 *     ├── ItemNotFoundError             no item has this id or index
 *     └── MediaError                    the media of an item cannot be had
 *         ├── MediaNotFoundError        the file is not there
 *         ├── MediaPathError            its path leads out of the dataset
 *         └── MediaMismatchError        the file is not the one that the item means
 *
 * A message is one line that a person can act on. It never shows a key.
 */

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Text that may come from a file, with what would break a line or steer a terminal escaped. */
export function shown(text: string): string {
    return text.slice(0, 200).replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** The root of all errors that the library raises on purpose. */
export class DatumpbError extends Error {
    override name = "DatumpbError";
}

/** A `.datum` file cannot be used. */
export class FileError extends DatumpbError {
    override name = "FileError";
    /** What is wrong, without file and place. */
    readonly reason: string;
    /** The name of the file's source; undefined where none is to blame. */
    readonly source: string | undefined;
    /** Where in the file, in bytes from its start; undefined where no place is to blame. */
    readonly offset: number | undefined;

    /**
     * @param reason - What is wrong.
     * @param source - The name of the file's source.
     * @param offset - Where in the file, in bytes from its start.
     * @param cause - The error behind this one.
     */
    constructor(reason: string, source?: string, offset?: number, cause?: unknown) {
        const name = source === undefined ? "" : `${shown(source)}: `;
        const place = offset === undefined ? "" : ` (at byte ${offset})`;
        super(`${name}${reason}${place}`, cause === undefined ? undefined : { cause });
        this.reason = reason;
        this.source = source;
        this.offset = offset;
    }

    /** The same error with file and place, for who knows them; it stays as it is where it has them. */
    at(source: string, offset: number): FileError {
        const Kind = this.constructor as typeof FileError;
        return this.source === undefined ? new Kind(this.reason, source, offset, this.cause) : this;
    }
}

/** The file is something else than a `.datum` file. */
export class NotADatumFileError extends FileError {
    override name = "NotADatumFileError";
}

/** The file is not what was written: a bit flipped, or a record is missing, out of place or from another file. */
export class DamagedFileError extends FileError {
    override name = "DamagedFileError";
}

/** The file ends too early: it was cut off, or its writer never finished. */
export class TruncatedFileError extends DamagedFileError {
    override name = "TruncatedFileError";
}

/** An encrypted record is not what the owner of the key wrote there. */
export class AuthenticationError extends DamagedFileError {
    override name = "AuthenticationError";
}

/** The file needs a newer reader: a higher major version, or something required that this one does not know. */
export class UnsupportedFileError extends FileError {
    override name = "UnsupportedFileError";
}

/** The file asks for more memory than the reader grants. */
export class LimitError extends FileError {
    override name = "LimitError";
}

/** Something is wrong with the encryption key. */
export class KeyProblemError extends DatumpbError {
    override name = "KeyProblemError";
}

/** The text is not a key: `datum-` and 44 characters of URL-safe base64. */
export class InvalidKeyError extends KeyProblemError {
    override name = "InvalidKeyError";
}

/** The file is encrypted, and no key was given. */
export class MissingKeyError extends KeyProblemError {
    override name = "MissingKeyError";
}

/** The file was encrypted with another key. */
export class WrongKeyError extends KeyProblemError {
    override name = "WrongKeyError";
}

/** A key was given, and the file is not encrypted: it may have been replaced by a plain one. */
export class UnexpectedKeyError extends KeyProblemError {
    override name = "UnexpectedKeyError";
}

/** No item has this id or index. */
export class ItemNotFoundError extends DatumpbError {
    override name = "ItemNotFoundError";
}

/** The media of an item cannot be had. */
export class MediaError extends DatumpbError {
    override name = "MediaError";
}

/** The media file is not there, or its bytes are not part of the dataset. */
export class MediaNotFoundError extends MediaError {
    override name = "MediaNotFoundError";
}

/** The media's path leads out of the dataset. */
export class MediaPathError extends MediaError {
    override name = "MediaPathError";
}

/** The media file is not the one that the item means: other size, checksum or path, or plain where encrypted. */
export class MediaMismatchError extends MediaError {
    override name = "MediaMismatchError";
}
