package io.datumpb.errors;

/** The file is encrypted, and no key was given. */
public final class MissingKeyException extends KeyException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message one line that says what is wrong, never a key
     */
    public MissingKeyException(String message) {
        super(message);
    }
}
