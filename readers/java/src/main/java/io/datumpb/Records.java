package io.datumpb;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import datumpb_schema.v1.Container.Record;
import io.datumpb.errors.DamagedFileException;
import io.datumpb.errors.LimitException;
import java.io.IOException;
import java.util.Arrays;

/** Records as they are stored: length prefix, envelope and checksum (section 4). */
final class Records {
    /** The most bytes that a length prefix has. */
    static final int MAX_PREFIX_SIZE = 5;

    private static final int MAX_BYTE = 255;

    private final ByteSource source;

    Records(ByteSource source) {
        this.source = source;
    }

    ByteSource source() {
        return source;
    }

    Place place(long offset) {
        return new Place(source.name(), offset);
    }

    /** Reads so many bytes; the caller has checked the size against a limit. */
    byte[] bytes(long offset, long size) throws IOException {
        if (offset < 0 || size < 0 || size > source.size() - offset) {
            throw place(offset).truncated("the file ends at byte " + source.size() + ", in the middle of something");
        }
        byte[] data = new byte[Math.toIntExact(size)];
        source.read(offset, data);
        return data;
    }

    /**
     * Reads the record at an offset.
     *
     * @param limit the largest record, prefix not counted
     */
    StoredRecord read(long offset, long limit) throws IOException {
        byte[] head = bytes(offset, Math.min(MAX_PREFIX_SIZE, Math.max(source.size() - offset, 0)));
        Prefix prefix = prefix(head, offset);
        checkLimit(prefix.length, limit, offset);
        byte[] data = bytes(offset + prefix.size, prefix.length);
        return new StoredRecord(place(offset), prefix.size + prefix.length, envelope(data, place(offset)));
    }

    /**
     * Reads the record at an offset whose size, prefix included, is told elsewhere.
     *
     * @param limit the largest record, prefix not counted
     */
    StoredRecord read(long offset, long size, long limit) throws IOException {
        checkLimit(size, limit + MAX_PREFIX_SIZE, offset);
        byte[] all = bytes(offset, size);
        Prefix prefix = prefix(all, offset);
        if (prefix.size + prefix.length != size) {
            throw place(offset).damaged("a record of " + size + " bytes is listed here, it has "
                    + (prefix.size + prefix.length));
        }
        checkLimit(prefix.length, limit, offset);
        byte[] data = Arrays.copyOfRange(all, prefix.size, all.length);
        return new StoredRecord(place(offset), size, envelope(data, place(offset)));
    }

    private void checkLimit(long size, long limit, long offset) throws LimitException {
        if (Long.compareUnsigned(size, limit) > 0) {
            throw place(offset).limit("a record of " + Long.toUnsignedString(size)
                    + " bytes is announced, the limit is " + limit);
        }
    }

    /** A length prefix: the length that it states, and its own size. */
    private record Prefix(long length, int size) {}

    private Prefix prefix(byte[] data, long offset) throws DamagedFileException {
        long length = 0;
        for (int index = 0; index < Math.min(data.length, MAX_PREFIX_SIZE); index++) {
            length |= (data[index] & 0x7FL) << 7 * index;
            if (data[index] >= 0) {
                if (data[index] == 0 && index > 0) {
                    throw place(offset).damaged("the length prefix is padded");
                }
                return new Prefix(length, index + 1);
            }
        }
        if (offset + data.length == source.size() && data.length < MAX_PREFIX_SIZE) {
            throw place(offset).truncated("the length prefix is cut off");
        }
        throw place(offset).damaged("the length prefix has no end");
    }

    private static Record envelope(byte[] data, Place place) throws DamagedFileException {
        Record message;
        try {
            CodedInputStream input = UnsafeByteOperations.unsafeWrap(data).newCodedInput();
            input.enableAliasing(true); // The payload stays where it is.
            message = Record.parseFrom(input);
        } catch (InvalidProtocolBufferException error) {
            throw place.damaged("not a record", error);
        } catch (IOException error) {
            throw new IllegalStateException("arrays are read without failure", error);
        }
        boolean complete = message.hasSync() && message.hasSeq() && message.hasRawSize() && message.hasCrc32();
        boolean bytes = isByte(message.getKindValue()) && isByte(message.getCodecValue());
        if (!complete || !bytes || !isShortest(message, data)) {
            throw place.damaged("not a well-formed record");
        }
        int crc32 = RecordContext.crc32(RecordContext.of(message), message.getNonce(), message.getPayload());
        if (crc32 != message.getCrc32()) {
            throw place.damaged("checksum mismatch: the record is damaged");
        }
        return message;
    }

    /** Tells unknown and repeated fields and padded varints: serialized again, the record is the same. */
    private static boolean isShortest(Record message, byte[] data) {
        if (!message.getUnknownFields().asMap().isEmpty() || message.getSerializedSize() != data.length) {
            return false;
        }
        // The size alone does not do: protobuf-java takes the tenth byte of a varint for 1, whatever it is.
        byte[] head = message.toBuilder().clearPayload().build().toByteArray();
        return Arrays.equals(head, 0, head.length, data, 0, head.length);
    }

    private static boolean isByte(int number) {
        return 0 < number && number <= MAX_BYTE;
    }
}
