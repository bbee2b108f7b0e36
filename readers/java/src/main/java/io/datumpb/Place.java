package io.datumpb;

import io.datumpb.errors.AuthenticationException;
import io.datumpb.errors.DamagedFileException;
import io.datumpb.errors.LimitException;
import io.datumpb.errors.TruncatedFileException;
import io.datumpb.errors.UnsupportedFileException;

/**
 * Where something is, for the exceptions that name it.
 *
 * @param file the file's name, or null
 * @param offset in bytes from its start, or negative
 * @param part what of it, such as an item; empty where that is clear
 */
record Place(String file, long offset, String part) {
    /** For messages that came from no file in particular. */
    static final Place NOWHERE = new Place(null, -1, "");

    Place(String file, long offset) {
        this(file, offset, "");
    }

    Place within(String inner) {
        return new Place(file, offset, inner + ": ");
    }

    DamagedFileException damaged(String problem) {
        return new DamagedFileException(part + problem, file, offset);
    }

    DamagedFileException damaged(String problem, Throwable cause) {
        DamagedFileException exception = damaged(problem);
        exception.initCause(cause);
        return exception;
    }

    TruncatedFileException truncated(String problem) {
        return new TruncatedFileException(part + problem, file, offset);
    }

    AuthenticationException forged(String problem) {
        return new AuthenticationException(part + problem, file, offset);
    }

    UnsupportedFileException unsupported(String problem) {
        return new UnsupportedFileException(part + problem, file, offset);
    }

    LimitException limit(String problem) {
        return new LimitException(part + problem, file, offset);
    }
}
