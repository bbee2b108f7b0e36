package io.datumpb;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Bytes that can be read at any offset: a file, an array, or what a caller makes of an object store's range requests.
 * Implementations have to allow reads by several threads at once.
 */
public interface ByteSource extends Closeable {
    /**
     * Returns what to call the source in messages.
     *
     * @return a name, such as a path
     */
    String name();

    /**
     * Returns how many bytes there are; the number never changes.
     *
     * @return the size in bytes
     */
    long size();

    /**
     * Reads exactly {@code target.length} bytes.
     *
     * @param offset of the first of them, such that all lie within {@link #size()}
     * @param target where to put them
     * @throws IOException if not all of them can be read
     */
    void read(long offset, byte[] target) throws IOException;

    /**
     * Opens a file.
     *
     * @param path the file
     * @return its bytes; close it when done
     * @throws IOException if it cannot be opened
     */
    static ByteSource of(Path path) throws IOException {
        return new FileByteSource(path);
    }

    /**
     * Takes an array as a source, without copying it.
     *
     * @param name what to call it in messages
     * @param bytes the array, which must not be changed from now on
     * @return the bytes of the array
     */
    static ByteSource of(String name, byte[] bytes) {
        return new ArrayByteSource(name, bytes);
    }
}
