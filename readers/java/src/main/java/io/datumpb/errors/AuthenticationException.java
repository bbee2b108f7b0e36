package io.datumpb.errors;

/** An encrypted record is not what the owner of the key wrote there. */
public final class AuthenticationException extends DamagedFileException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is wrong
     * @param file the file's name, or null
     * @param offset where in the file, in bytes from its start; negative where no place is to blame
     */
    public AuthenticationException(String message, String file, long offset) {
        super(message, file, offset);
    }
}
