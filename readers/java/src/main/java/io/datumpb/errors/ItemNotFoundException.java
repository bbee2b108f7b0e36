package io.datumpb.errors;

/** No item has this id or index. */
public final class ItemNotFoundException extends DatumException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message one line that says what is wrong, never a key
     */
    public ItemNotFoundException(String message) {
        super(message);
    }
}
