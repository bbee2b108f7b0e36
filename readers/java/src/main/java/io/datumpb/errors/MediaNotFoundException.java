package io.datumpb.errors;

/** The media file is not there, or its bytes are not part of the dataset. */
public final class MediaNotFoundException extends MediaException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is wrong
     * @param path the media's path, or null
     */
    public MediaNotFoundException(String message, String path) {
        super(message, path);
    }
}
