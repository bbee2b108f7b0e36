package io.datumpb;

import com.google.protobuf.InvalidProtocolBufferException;
import datumpb_schema.v1.Container.ContentType;
import datumpb_schema.v1.Container.Footer;
import datumpb_schema.v1.Container.RecordKind;
import java.io.Closeable;
import java.io.IOException;

/** The records of one complete file: its ends first, then whatever FOOTER vouches for (section 9). */
final class RecordFile implements Closeable {
    private final Records records;
    private final FileHead head;
    private final Seal seal;
    private final Ends.Footing footing;
    private final Footer footer;

    /**
     * Reads both ends of a file. The source is closed with it, and where opening fails.
     *
     * @param key null: the file is not encrypted
     * @param content what the file has to hold
     */
    RecordFile(ByteSource source, DatumKey key, ContentType content) throws IOException {
        records = new Records(source);
        try {
            head = FileHead.read(records, content);
            seal = head.unlock(key, records);
            footing = Ends.readTrailer(records, head.sync(), head.end());
            footer = readFooter();
        } catch (IOException error) {
            source.close();
            throw error;
        }
    }

    Records records() {
        return records;
    }

    FileHead head() {
        return head;
    }

    Ends.Footing footing() {
        return footing;
    }

    Footer footer() {
        return footer;
    }

    Place footerPlace() {
        return records.place(footing.offset());
    }

    Place metaPlace() {
        return records.place(head.end());
    }

    /** Returns the body of META. */
    byte[] meta() throws IOException {
        StoredRecord record = records.read(head.end(), head.limit());
        record.expect(head.sync(), RecordKind.RECORD_KIND_META, head.metaSeq());
        return body(record);
    }

    /** Returns the body of a record that another one lists, and refuses any other record in its place. */
    byte[] listed(RecordKind kind, long offset, long size, long seq, int crc32) throws IOException {
        StoredRecord record = records.read(offset, size, head.limit());
        record.expect(head.sync(), kind, seq);
        if (record.crc32() != crc32) {
            throw record.place().damaged("the record is not the one that the index lists");
        }
        return body(record);
    }

    /** Returns a record's body, decrypted and decompressed. */
    byte[] body(StoredRecord record) throws IOException {
        return seal.open(record, head.limit());
    }

    private Footer readFooter() throws IOException {
        StoredRecord record = records.read(footing.offset(), footing.size(), head.limit());
        record.expect(head.sync(), RecordKind.RECORD_KIND_FOOTER, record.seq());
        byte[] body = body(record);
        Footer parsed;
        try {
            parsed = Footer.parseFrom(body);
        } catch (InvalidProtocolBufferException error) {
            throw record.place().damaged("FOOTER cannot be parsed", error);
        }
        if (parsed.getRecordCount() != record.seq()) {
            throw record.place().damaged("FOOTER counts " + Long.toUnsignedString(parsed.getRecordCount())
                    + " records, its number is " + Long.toUnsignedString(record.seq()));
        }
        return parsed;
    }

    @Override
    public void close() throws IOException {
        records.source().close();
    }
}
