package io.datumpb.errors;

/** The file ends too early: it was cut off, or its writer never finished. */
public final class TruncatedFileException extends DamagedFileException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is wrong
     * @param file the file's name, or null
     * @param offset where in the file, in bytes from its start; negative where no place is to blame
     */
    public TruncatedFileException(String message, String file, long offset) {
        super(message, file, offset);
    }
}
