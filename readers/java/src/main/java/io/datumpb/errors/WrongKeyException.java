package io.datumpb.errors;

/** The file was encrypted with another key. */
public final class WrongKeyException extends KeyException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message one line that says what is wrong, never a key
     */
    public WrongKeyException(String message) {
        super(message);
    }
}
