package io.datumpb;

import datumpb_schema.v1.Container.Record;
import datumpb_schema.v1.Container.RecordKind;
import io.datumpb.errors.DamagedFileException;

/**
 * A record as it stands in the file, its envelope and checksum already verified.
 *
 * @param place where it is
 * @param size of length prefix and record, in bytes
 * @param message the envelope
 */
record StoredRecord(Place place, long size, Record message) {
    long offset() {
        return place.offset();
    }

    long end() {
        return place.offset() + size;
    }

    int kind() {
        return message.getKindValue();
    }

    long seq() {
        return message.getSeq();
    }

    int crc32() {
        return message.getCrc32();
    }

    boolean is(RecordKind kind) {
        return kind() == kind.getNumber();
    }

    /** Checks that the record is of its file, of a kind, and in its place. */
    void expect(long sync, RecordKind kind, long seq) throws DamagedFileException {
        expect(sync, seq);
        if (!is(kind)) {
            throw place.damaged("expected " + kind.name().substring("RECORD_KIND_".length())
                    + ", found a record of kind " + kind());
        }
    }

    /** Checks that the record is of its file and in its place. */
    void expect(long sync, long seq) throws DamagedFileException {
        if (message.getSync() != sync) {
            throw place.damaged("the record belongs to another file");
        }
        if (seq() != seq) {
            throw place.damaged("records are missing, repeated or out of order: expected number "
                    + Long.toUnsignedString(seq) + ", found " + Long.toUnsignedString(seq()));
        }
    }
}
