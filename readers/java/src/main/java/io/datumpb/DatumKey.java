package io.datumpb;

import io.datumpb.errors.InvalidKeyException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

/** The key of a dataset (section 10). It never shows itself. */
public final class DatumKey {
    private static final String PREFIX = "datum-";
    private static final int SIZE = 32;
    private static final int TEXT_SIZE = PREFIX.length() + 44;
    /** A key file is tiny; whatever else a path names is not read whole. */
    private static final int FILE_LIMIT = 4096;

    private final byte[] bytes;

    private DatumKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Takes a key's text.
     *
     * @param text {@code datum-} and 44 characters of URL-safe base64
     * @return the key
     * @throws InvalidKeyException if the text is no key
     */
    public static DatumKey parse(String text) throws InvalidKeyException {
        if (text.length() != TEXT_SIZE || !text.startsWith(PREFIX)) {
            throw new InvalidKeyException(
                    "invalid key: a key begins with '" + PREFIX + "' and has " + TEXT_SIZE + " characters");
        }
        String body = text.substring(PREFIX.length());
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(body);
        } catch (IllegalArgumentException error) { // Not kept as the cause: it shows parts of the key.
            bytes = new byte[0];
        }
        // Encoded again, as decoders overlook unused bits and a missing padding.
        if (bytes.length != SIZE || !Base64.getUrlEncoder().encodeToString(bytes).equals(body)) {
            throw new InvalidKeyException(
                    "invalid key: behind '" + PREFIX + "' a key is URL-safe base64 of " + SIZE + " bytes");
        }
        return new DatumKey(bytes);
    }

    /**
     * Reads a key file, such as {@code secret_key.txt}; white space around the key does not matter.
     *
     * @param path the file
     * @return the key
     * @throws InvalidKeyException if the file holds no key
     * @throws IOException if the file cannot be read
     */
    public static DatumKey read(Path path) throws IOException {
        try (InputStream file = Files.newInputStream(path)) {
            return parse(new String(file.readNBytes(FILE_LIMIT), StandardCharsets.ISO_8859_1).strip());
        } catch (InvalidKeyException error) {
            throw new InvalidKeyException(path + ": " + error.getMessage());
        }
    }

    /** Returns the key itself, a copy. */
    byte[] bytes() {
        return Arrays.copyOf(bytes, bytes.length);
    }

    /**
     * Names the class and nothing else.
     *
     * @return text without the key
     */
    @Override
    public String toString() {
        return "DatumKey";
    }
}
