package io.datumpb.errors;

import java.io.IOException;

/**
 * The root of all that the library refuses. The message is one line that a person can act on; it never shows a key.
 *
 * <pre>
 * DatumException
 * ├── DatumFileException             a .datum file cannot be used; has file and offset
 * │   ├── NotADatumFileException
 * │   ├── DamagedFileException
 * │   │   ├── TruncatedFileException
 * │   │   └── AuthenticationException
 * │   ├── UnsupportedFileException
 * │   └── LimitException
 * ├── KeyException                   something is wrong with the key
 * │   ├── InvalidKeyException
 * │   ├── MissingKeyException
 * │   ├── WrongKeyException
 * │   └── UnexpectedKeyException
 * ├── ItemNotFoundException
 * └── MediaException                 the media of an item cannot be had; has path
 *     ├── MediaNotFoundException
 *     ├── MediaPathException
 *     └── MediaMismatchException
 * </pre>
 *
 * <p>A file that cannot be opened or read at all is a plain {@link IOException}.
 */
public abstract class DatumException extends IOException {
    private static final long serialVersionUID = 1L;

    DatumException(String message) {
        super(oneLine(message));
    }

    /** A file may hold names with a line break or what a terminal obeys. */
    private static String oneLine(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().forEach(code -> {
            int type = Character.getType(code);
            if (Character.isISOControl(code)
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR) {
                line.append(String.format("\\u{%x}", code));
            } else {
                line.appendCodePoint(code);
            }
        });
        return line.toString();
    }
}
