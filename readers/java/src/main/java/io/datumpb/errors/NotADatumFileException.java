package io.datumpb.errors;

/** The file is something else than a .datum file. */
public final class NotADatumFileException extends DatumFileException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is wrong
     * @param file the file's name, or null
     * @param offset where in the file, in bytes from its start; negative where no place is to blame
     */
    public NotADatumFileException(String message, String file, long offset) {
        super(message, file, offset);
    }
}
