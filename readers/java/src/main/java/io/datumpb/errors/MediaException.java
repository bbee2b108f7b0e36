package io.datumpb.errors;

/** The media of an item cannot be had. The message is {@code path: problem}. */
public abstract class MediaException extends DatumException {
    private static final long serialVersionUID = 1L;

    /** The media's path, or null. */
    private final String path;

    MediaException(String problem, String path) {
        super(path == null ? problem : path + ": " + problem);
        this.path = path;
    }

    /**
     * Returns the path of the media.
     *
     * @return the path inside of the dataset, or null where it has none
     */
    public String path() {
        return path;
    }
}
