package io.datumpb.errors;

/** A key was given, and the file is not encrypted: it may have been replaced by a plain one. */
public final class UnexpectedKeyException extends KeyException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message one line that says what is wrong, never a key
     */
    public UnexpectedKeyException(String message) {
        super(message);
    }
}
