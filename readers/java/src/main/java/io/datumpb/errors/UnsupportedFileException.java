package io.datumpb.errors;

/** The file needs a newer reader. */
public final class UnsupportedFileException extends DatumFileException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is wrong
     * @param file the file's name, or null
     * @param offset where in the file, in bytes from its start; negative where no place is to blame
     */
    public UnsupportedFileException(String message, String file, long offset) {
        super(message, file, offset);
    }
}
