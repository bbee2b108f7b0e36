package io.datumpb.errors;

/** Something is wrong with the encryption key. */
public abstract class KeyException extends DatumException {
    private static final long serialVersionUID = 1L;

    KeyException(String message) {
        super(message);
    }
}
