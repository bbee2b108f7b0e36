package io.datumpb.errors;

/** The file is not what was written: a bit flipped, or a record is missing, out of place or from another file. */
public class DamagedFileException extends DatumFileException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is wrong
     * @param file the file's name, or null
     * @param offset where in the file, in bytes from its start; negative where no place is to blame
     */
    public DamagedFileException(String message, String file, long offset) {
        super(message, file, offset);
    }
}
