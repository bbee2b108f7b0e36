package io.datumpb.errors;

/** The media's path leads out of the dataset. */
public final class MediaPathException extends MediaException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is wrong
     * @param path the media's path, or null
     */
    public MediaPathException(String message, String path) {
        super(message, path);
    }
}
