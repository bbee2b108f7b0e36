package io.datumpb;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32;

/** Hands bytes on, but the last piece only when all of them were found right (section 15). */
final class HeldBackOutput {
    private final OutputStream target;
    private final CRC32 crc32 = new CRC32();
    private byte[] held = new byte[0];
    private long size;

    HeldBackOutput(OutputStream target) {
        this.target = target;
    }

    /** Takes the next piece, an array that its giver does not use again. */
    void write(byte[] piece) throws IOException {
        if (piece.length > 0) {
            target.write(held);
            held = piece;
            crc32.update(piece);
            size += piece.length;
        }
    }

    /** Hands on what was held back. */
    void release() throws IOException {
        target.write(held);
        held = new byte[0];
    }

    /** Returns how many bytes were taken. */
    long size() {
        return size;
    }

    /** Returns the CRC-32 of all bytes that were taken. */
    int crc32() {
        return (int) crc32.getValue();
    }
}
