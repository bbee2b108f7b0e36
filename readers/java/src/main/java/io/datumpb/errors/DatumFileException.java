package io.datumpb.errors;

/** A .datum file cannot be used. The message is {@code file: problem (at byte offset)}. */
public abstract class DatumFileException extends DatumException {
    private static final long serialVersionUID = 1L;

    /** The file's name, or null. */
    private final String file;

    /** Where in the file, or a negative number. */
    private final long offset;

    DatumFileException(String problem, String file, long offset) {
        super((file == null ? "" : file + ": ") + problem + (offset < 0 ? "" : " (at byte " + offset + ")"));
        this.file = file;
        this.offset = offset;
    }

    /**
     * Returns the file's name.
     *
     * @return as the caller named it, or null where it has no name
     */
    public String file() {
        return file;
    }

    /**
     * Returns where in the file.
     *
     * @return the offset in bytes from the file's start; negative where no place is to blame
     */
    public long offset() {
        return offset;
    }
}
