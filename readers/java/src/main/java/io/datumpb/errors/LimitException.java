package io.datumpb.errors;

/** The file asks for more memory than this reader grants. */
public final class LimitException extends DatumFileException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is wrong
     * @param file the file's name, or null
     * @param offset where in the file, in bytes from its start; negative where no place is to blame
     */
    public LimitException(String message, String file, long offset) {
        super(message, file, offset);
    }
}
