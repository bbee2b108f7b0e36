package io.datumpb;

import com.google.protobuf.InvalidProtocolBufferException;
import datumpb_schema.v1.Container.Aead;
import datumpb_schema.v1.Container.ContentType;
import datumpb_schema.v1.Container.Encryption;
import datumpb_schema.v1.Container.Header;
import datumpb_schema.v1.Container.RecordKind;
import io.datumpb.errors.DatumFileException;
import io.datumpb.errors.MissingKeyException;
import io.datumpb.errors.UnexpectedKeyException;
import io.datumpb.errors.WrongKeyException;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The start of a file: PREAMBLE and HEADER, and the refusal of what this reader cannot read right (section 6).
 *
 * @param sync the number in every record's {@code sync}
 * @param header the body of HEADER
 * @param record HEADER as it is stored
 */
record FileHead(long sync, Header header, StoredRecord record) {
    private static final int FORMAT_MAJOR = 1;
    private static final int HEADER_LIMIT = 1 << 20;
    private static final long HEADER_SEQ = 1;
    private static final int MAX_RECORD_SIZE = 1 << 28;

    static FileHead read(Records records, ContentType content) throws IOException {
        long sync = Ends.readPreamble(records);
        StoredRecord record = records.read(Ends.PREAMBLE_SIZE, HEADER_LIMIT);
        record.expect(sync, RecordKind.RECORD_KIND_HEADER, HEADER_SEQ);
        byte[] body = Seal.NONE.open(record, HEADER_LIMIT);
        try {
            Header header = Header.parseFrom(body);
            check(header, content, record.place());
            return new FileHead(sync, header, record);
        } catch (InvalidProtocolBufferException error) {
            throw record.place().damaged("HEADER cannot be parsed", error);
        }
    }

    long end() {
        return record.end();
    }

    long metaSeq() {
        return HEADER_SEQ + 1;
    }

    /** The largest record and body behind HEADER. */
    long limit() {
        return header.getMaxRecordSize();
    }

    boolean encrypted() {
        return header.hasEncryption();
    }

    /** Returns how the records behind HEADER are protected; a key where there is none needed is refused, too. */
    Seal unlock(DatumKey key, Records records) throws IOException {
        String name = records.source().name();
        if (!encrypted()) {
            if (key != null) {
                throw new UnexpectedKeyException(
                        name + ": a key was given, but the file is not encrypted; was it replaced by another?");
            }
            return Seal.NONE;
        }
        if (key == null) {
            throw new MissingKeyException(name + ": the file is encrypted: give its key");
        }
        Encryption encryption = header.getEncryption();
        FileKeys keys = FileKeys.derive(key, encryption.getSalt().toByteArray());
        if (!keys.committedTo(encryption.getCommitment().toByteArray())) {
            throw new WrongKeyException(name + ": wrong key: the file was encrypted with another one");
        }
        return new Seal(keys, sha256(records.bytes(0, end())));
    }

    private static void check(Header header, ContentType content, Place place) throws DatumFileException {
        if (header.getFormatMajor() == 0) {
            throw place.damaged("HEADER states no format version");
        }
        if (Integer.compareUnsigned(header.getFormatMajor(), FORMAT_MAJOR) > 0) {
            throw place.unsupported("format version " + Integer.toUnsignedString(header.getFormatMajor())
                    + " needs a newer reader than one of version " + FORMAT_MAJOR);
        }
        if (header.getRequiredFeaturesCount() > 0) {
            throw place.unsupported(
                    "the file requires '" + header.getRequiredFeatures(0) + "', which this reader does not know");
        }
        if (header.getMaxRecordSize() == 0) {
            throw place.damaged("HEADER states no max_record_size");
        }
        if (Long.compareUnsigned(header.getMaxRecordSize(), MAX_RECORD_SIZE) > 0) {
            throw place.limit("records of " + Long.toUnsignedString(header.getMaxRecordSize())
                    + " bytes are announced (max_record_size), this reader's limit is " + MAX_RECORD_SIZE);
        }
        if (header.getContent() != content) {
            throw place.damaged("expected content " + content + ", the file holds " + header.getContent());
        }
        if (header.hasEncryption()) {
            Encryption encryption = header.getEncryption();
            if (encryption.getAead() != Aead.AEAD_AES_256_GCM) {
                throw place.unsupported("the file is encrypted by a method (" + encryption.getAeadValue()
                        + ") that this reader does not know");
            }
            if (encryption.getSalt().size() != FileKeys.SALT_SIZE
                    || encryption.getCommitment().size() != FileKeys.COMMITMENT_SIZE) {
                throw place.damaged("the encryption parameters in HEADER have the wrong size");
            }
        }
    }

    private static byte[] sha256(byte[] data) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(data);
        } catch (NoSuchAlgorithmException error) {
            throw new IllegalStateException("every Java platform has SHA-256", error);
        }
    }
}
