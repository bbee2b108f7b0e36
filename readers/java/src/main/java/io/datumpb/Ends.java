package io.datumpb;

import com.google.protobuf.ByteString;
import datumpb_schema.v1.Container.Codec;
import datumpb_schema.v1.Container.RecordKind;
import io.datumpb.errors.NotADatumFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** PREAMBLE and TRAILER: the two ends of a file, of constant size and written byte by byte (section 5). */
final class Ends {
    static final int PREAMBLE_SIZE = 37;
    static final int TRAILER_SIZE = 48;

    private static final int MAGIC_OFFSET = 25;
    private static final byte[] MAGIC = {(byte) 0x89, 'D', 'A', 'T', 'U', 'M', 'P', 'B', '\r', '\n', 0x1A, '\n'};
    private static final byte[] PREAMBLE_START = {PREAMBLE_SIZE - 1, 0x09};
    private static final byte[] OLD_FORMAT = "signature:datumaro_binary".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PREAMBLE_BODY =
            ByteBuffer.allocate(2 + MAGIC.length).put((byte) 0x0A).put((byte) MAGIC.length).put(MAGIC).array();
    /** The checksum of every PREAMBLE. */
    static final int PREAMBLE_CRC32 = crc32(RecordKind.RECORD_KIND_PREAMBLE, PREAMBLE_BODY);

    /** Where TRAILER says that FOOTER is. */
    record Footing(long offset, long size) {
        long end() {
            return offset + size;
        }
    }

    private Ends() {}

    /** Reads the start of a file and returns its sync bytes as the number that {@code Record.sync} holds. */
    static long readPreamble(Records records) throws IOException {
        byte[] data = records.bytes(0, Math.min(PREAMBLE_SIZE, records.source().size()));
        String name = records.source().name();
        if (data.length == 0) {
            throw new NotADatumFileException("the file is empty", name, -1);
        }
        byte[] magic = Arrays.copyOfRange(data, Math.min(MAGIC_OFFSET, data.length), data.length);
        if (data.length < PREAMBLE_SIZE) {
            if (startsWith(MAGIC, magic) && startsWith(PREAMBLE_START, Arrays.copyOf(data, Math.min(2, data.length)))) {
                throw records.place(0).truncated("the file ends at byte " + data.length + ", inside of PREAMBLE");
            }
        } else {
            long sync = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).getLong(2);
            if (Arrays.equals(data, preamble(sync))) {
                return sync;
            }
            if (Arrays.equals(magic, MAGIC)) {
                throw records.place(0).damaged("PREAMBLE is damaged");
            }
        }
        String problem = startsWith(data, OLD_FORMAT)
                ? "not a .datum file of datumpb but one of DatumaroBinary: convert it"
                : "not a .datum file of datumpb";
        throw new NotADatumFileException(problem, name, -1);
    }

    /**
     * Reads the end of a file.
     *
     * @param headerEnd the offset behind HEADER, where FOOTER cannot begin before
     */
    static Footing readTrailer(Records records, long sync, long headerEnd) throws IOException {
        long offset = records.source().size() - TRAILER_SIZE;
        byte[] data = offset < PREAMBLE_SIZE ? new byte[TRAILER_SIZE] : records.bytes(offset, TRAILER_SIZE);
        ByteBuffer buffer = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        if (buffer.get(0) != TRAILER_SIZE - 1 || buffer.get(1) != 0x09 || buffer.getLong(2) != sync) {
            throw records.place(records.source().size())
                    .truncated("there is no TRAILER at the end: the file was cut off, or never finished");
        }
        Footing footer = new Footing(buffer.getLong(22), buffer.getLong(31));
        boolean inside = headerEnd <= footer.offset && footer.offset < offset && footer.size == offset - footer.offset;
        if (!inside || !Arrays.equals(data, trailer(sync, footer))) {
            throw records.place(offset).damaged("TRAILER is damaged, or does not fit the file");
        }
        return footer;
    }

    private static byte[] preamble(long sync) {
        return start(PREAMBLE_SIZE, sync, RecordKind.RECORD_KIND_PREAMBLE)
                .put(new byte[] {0x18, 0, 0x20, Codec.CODEC_NONE_VALUE, 0x35})
                .putInt(PREAMBLE_CRC32)
                .put((byte) 0x42)
                .put((byte) PREAMBLE_BODY.length)
                .put(PREAMBLE_BODY)
                .array();
    }

    private static byte[] trailer(long sync, Footing footer) {
        byte[] body = ByteBuffer.allocate(27)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0x09)
                .putLong(footer.offset)
                .put((byte) 0x11)
                .putLong(footer.size)
                .put((byte) 0x19)
                .putLong(footer.end() + TRAILER_SIZE)
                .array();
        return start(TRAILER_SIZE, sync, RecordKind.RECORD_KIND_TRAILER)
                .put(new byte[] {0x20, Codec.CODEC_NONE_VALUE, 0x35})
                .putInt(crc32(RecordKind.RECORD_KIND_TRAILER, body))
                .put((byte) 0x42)
                .put((byte) body.length)
                .put(body)
                .array();
    }

    private static ByteBuffer start(int size, long sync, RecordKind kind) {
        return ByteBuffer.allocate(size)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) (size - 1))
                .put((byte) 0x09)
                .putLong(sync)
                .put((byte) 0x10)
                .put((byte) kind.getNumber());
    }

    private static int crc32(RecordKind kind, byte[] body) {
        byte[] context = RecordContext.of(kind.getNumber(), Codec.CODEC_NONE_VALUE, 0, 0);
        return RecordContext.crc32(context, ByteString.EMPTY, ByteString.copyFrom(body));
    }

    private static boolean startsWith(byte[] data, byte[] start) {
        return data.length >= start.length && Arrays.equals(data, 0, start.length, start, 0, start.length);
    }
}
