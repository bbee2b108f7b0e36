package io.datumpb;

import datumpb_schema.v1.Container.Codec;
import datumpb_schema.v1.Container.Record;
import io.datumpb.errors.AuthenticationException;
import io.datumpb.errors.DamagedFileException;
import io.datumpb.errors.DatumFileException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/** How the bodies of a file's records are protected: by nothing, or by the file's keys (sections 4 and 10). */
final class Seal {
    /** Of HEADER, and of all records of a plain file. */
    static final Seal NONE = new Seal(null, new byte[0]);

    private final FileKeys keys;
    private final byte[] headerHash;

    /**
     * Makes the seal of an encrypted file.
     *
     * @param headerHash SHA-256 of the file from its start to the end of HEADER
     */
    Seal(FileKeys keys, byte[] headerHash) {
        this.keys = keys;
        this.headerHash = headerHash;
    }

    /**
     * Returns a record's body, decrypted and decompressed.
     *
     * @param limit the largest body
     */
    byte[] open(StoredRecord record, long limit) throws DatumFileException {
        Record message = record.message();
        Place place = record.place();
        if (Long.compareUnsigned(message.getRawSize(), limit) > 0) {
            throw place.limit("a body of " + Long.toUnsignedString(message.getRawSize())
                    + " bytes is announced, the limit is " + limit);
        }
        int rawSize = Math.toIntExact(message.getRawSize());
        byte[] packed = keys == null ? plain(message, place) : decrypted(message, place);
        if (message.getCodec() == Codec.CODEC_ZSTD) {
            return ZstdFrame.decompress(packed, rawSize, place);
        }
        if (message.getCodec() != Codec.CODEC_NONE) {
            throw place.damaged("unknown codec " + message.getCodecValue());
        }
        if (packed.length != rawSize) {
            throw place.damaged("a body of " + rawSize + " bytes was announced, " + packed.length + " came");
        }
        return packed;
    }

    private static byte[] plain(Record message, Place place) throws DamagedFileException {
        if (!message.getNonce().isEmpty()) {
            throw place.damaged("an encrypted record in a file that is not encrypted");
        }
        return message.getPayload().toByteArray();
    }

    private byte[] decrypted(Record message, Place place) throws AuthenticationException {
        if (message.getNonce().size() != FileKeys.NONCE_SIZE || message.getPayload().size() < FileKeys.TAG_SIZE) {
            throw place.forged("a plain record in an encrypted file");
        }
        byte[] context = RecordContext.of(message);
        byte[] associated = Arrays.copyOf(context, context.length + headerHash.length);
        System.arraycopy(headerHash, 0, associated, context.length, headerHash.length);
        try {
            return keys.open(message.getNonce().toByteArray(), message.getPayload().toByteArray(), associated);
        } catch (AEADBadTagException error) {
            throw place.forged("the record does not authenticate: it was changed, moved, or comes from another file");
        }
    }
}
