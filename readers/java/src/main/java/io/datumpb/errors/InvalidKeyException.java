package io.datumpb.errors;

/** The text is not a key: {@code datum-} and 44 characters of URL-safe base64. */
public final class InvalidKeyException extends KeyException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message one line that says what is wrong, never a key
     */
    public InvalidKeyException(String message) {
        super(message);
    }
}
