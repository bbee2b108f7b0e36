package io.datumpb;

import com.google.protobuf.ByteString;
import datumpb_schema.v1.Container.Record;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** The 24 bytes that bind a payload to its place: checksummed, and authenticated where encrypted (section 4). */
final class RecordContext {
    private static final byte[] MAGIC = "DTPB".getBytes(StandardCharsets.US_ASCII);
    private static final int SIZE = 24;

    private RecordContext() {}

    static byte[] of(int kind, int codec, long seq, long rawSize) {
        return ByteBuffer.allocate(SIZE)
                .put(MAGIC)
                .put((byte) 1)
                .put((byte) kind)
                .put((byte) codec)
                .put((byte) 0)
                .putLong(seq)
                .putLong(rawSize)
                .array();
    }

    static byte[] of(Record message) {
        return of(message.getKindValue(), message.getCodecValue(), message.getSeq(), message.getRawSize());
    }

    /** Returns the checksum that a record has to have. */
    static int crc32(byte[] context, ByteString nonce, ByteString payload) {
        CRC32 crc32 = new CRC32();
        crc32.update(context);
        nonce.asReadOnlyByteBufferList().forEach(crc32::update);
        payload.asReadOnlyByteBufferList().forEach(crc32::update);
        return (int) crc32.getValue();
    }
}
