package io.datumpb;

import com.google.protobuf.InvalidProtocolBufferException;
import datumpb_schema.v1.Container.ContentType;
import datumpb_schema.v1.Container.RecordKind;
import datumpb_schema.v1.MetaOuterClass.MediaMeta;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/** Reads one encrypted media file (section 10). For the media of items, {@link MediaFolder} is what opens it. */
public final class MediaFile implements Closeable {
    private final RecordFile file;

    private MediaFile(RecordFile file, String path) throws IOException {
        this.file = file;
        byte[] body = file.meta();
        MediaMeta meta;
        try {
            meta = MediaMeta.parseFrom(body);
        } catch (InvalidProtocolBufferException error) {
            throw Wire.malformed(file.metaPlace(), "META", error);
        }
        if (!meta.getPath().equals(path)) {
            throw file.metaPlace().damaged("this is another media file of the dataset, moved here");
        }
    }

    /**
     * Opens a media file.
     *
     * @param file the file
     * @param key the key of its dataset
     * @param path the path under which the dataset knows it ({@code MediaRef.path})
     * @return its reader; close it when done
     * @throws io.datumpb.errors.DatumException if the file is not this media file
     * @throws IOException if it cannot be read at all
     */
    public static MediaFile open(Path file, DatumKey key, String path) throws IOException {
        return open(ByteSource.of(file), key, path);
    }

    /**
     * Opens a media file, wherever its bytes are.
     *
     * @param source its bytes, which are closed with the reader, and where opening fails
     * @param key the key of its dataset
     * @param path the path under which the dataset knows it ({@code MediaRef.path})
     * @return its reader; close it when done
     * @throws io.datumpb.errors.DatumException if the file is not this media file
     * @throws IOException if it cannot be read at all
     */
    public static MediaFile open(ByteSource source, DatumKey key, String path) throws IOException {
        RecordFile file = new RecordFile(source, key, ContentType.CONTENT_TYPE_MEDIA);
        try {
            return new MediaFile(file, path);
        } catch (IOException error) {
            file.close();
            throw error;
        }
    }

    /**
     * Returns the size of the media.
     *
     * @return in bytes, before encryption
     */
    public long size() {
        return file.footer().getMediaSize();
    }

    /**
     * Writes the media, decrypted piece by piece. The last piece comes only when the file was found complete.
     *
     * @param target where to write it
     * @throws io.datumpb.errors.DatumException if the file is damaged
     * @throws IOException if it cannot be read at all, or the target cannot be written
     */
    public void copyTo(OutputStream target) throws IOException {
        HeldBackOutput output = new HeldBackOutput(target);
        copyTo(output);
        output.release();
    }

    void copyTo(HeldBackOutput output) throws IOException {
        RecordWalk.over(file, record -> {
            if (record.is(RecordKind.RECORD_KIND_MEDIA)) {
                output.write(file.body(record));
            }
        });
        if (output.size() != size()) {
            throw file.footerPlace().damaged(
                    Long.toUnsignedString(size()) + " bytes were written, " + output.size() + " are there");
        }
    }

    /**
     * Closes the file; closing again does nothing.
     *
     * @throws IOException if that fails
     */
    @Override
    public void close() throws IOException {
        file.close();
    }
}
