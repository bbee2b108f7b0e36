package io.datumpb.errors;

/** The media file is not the one that the item means: other size, checksum or path, or plain where encrypted. */
public final class MediaMismatchException extends MediaException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is wrong
     * @param path the media's path, or null
     */
    public MediaMismatchException(String message, String path) {
        super(message, path);
    }
}
