package io.datumpb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import datumpb_schema.v1.MediaOuterClass.MediaRef;
import io.datumpb.errors.MediaMismatchException;
import io.datumpb.errors.MediaNotFoundException;
import io.datumpb.errors.MediaPathException;
import io.datumpb.errors.MissingKeyException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link MediaFolder}: references are followed, checked, and never out of the folder. */
class MediaFolderTest {
    private static final String TEXT = "not really a picture";

    @TempDir
    Path outside;

    private Path root;

    @BeforeEach
    void makeDataset() throws IOException {
        root = Files.createDirectories(outside.resolve("dataset"));
        Files.createDirectories(root.resolve("images/train"));
        Files.writeString(root.resolve("images/plain.jpg"), TEXT);
        Files.write(root.resolve(FormatDocument.MEDIA_PATH), FormatDocument.sealed("file"));
        Files.writeString(outside.resolve("secret"), TEXT);
    }

    @Test
    void readsPlainEncryptedAndInlineMedia() throws IOException {
        MediaRef plain = ref("images/plain.jpg").setSize(TEXT.length()).setCrc32(crc32()).build();
        MediaRef sealed = ref(FormatDocument.MEDIA_PATH).setEncrypted(true).setSize(TEXT.length()).build();
        MediaRef inline = MediaRef.newBuilder().setData(ByteString.copyFromUtf8(TEXT)).build();
        for (MediaRef media : new MediaRef[] {plain, sealed, inline}) {
            assertEquals(TEXT, read(media));
        }
    }

    @Test
    void otherFilesThanTheOneThatIsMeantAreRefusedBeforeTheirEnd() {
        for (MediaRef.Builder media : new MediaRef.Builder[] {
            ref("images/plain.jpg").setSize(1),
            ref("images/plain.jpg").setCrc32(1),
            ref("images/plain.jpg").setEncrypted(true),
            ref("images/train/../train/one.jpg").setEncrypted(true),
            ref(FormatDocument.MEDIA_PATH).setEncrypted(true).setCrc32(1),
        }) {
            ByteArrayOutputStream target = new ByteArrayOutputStream();
            assertThrows(io.datumpb.errors.MediaException.class, () -> folder().copy(media.build(), target));
            assertEquals(0, target.size());
        }
    }

    @Test
    void mediaFileThatWasMovedIsRefused() throws IOException {
        Files.move(root.resolve(FormatDocument.MEDIA_PATH), root.resolve("images/moved.jpg"));
        MediaRef moved = ref("images/moved.jpg").setEncrypted(true).build();
        assertThrows(MediaMismatchException.class, () -> read(moved));
        assertThrows(MissingKeyException.class, () -> new MediaFolder(root, null)
                .copy(moved, new ByteArrayOutputStream()));
    }

    @Test
    void pathsThatLeadOutAreRefused() throws IOException {
        Files.createSymbolicLink(root.resolve("link"), outside.resolve("secret"));
        for (String path : new String[] {
            "link", "../secret", "images/../../secret", outside + "/secret", "", "images//plain.jpg", "./images/a.jpg",
            "images\\plain.jpg", "C:images/plain.jpg", "c:/x", "images/\0", "images/plain.jpg/"
        }) {
            assertThrows(MediaPathException.class, () -> read(ref(path).build()), path);
        }
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertThrows(MediaNotFoundException.class, () -> read(ref("images/none.jpg").build()));
        assertThrows(MediaNotFoundException.class, () -> read(MediaRef.getDefaultInstance()));
    }

    private String read(MediaRef media) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        folder().copy(media, target);
        return target.toString(StandardCharsets.UTF_8);
    }

    private MediaFolder folder() throws IOException {
        return new MediaFolder(root, DatumKey.parse(FormatDocument.KEY));
    }

    private static MediaRef.Builder ref(String path) {
        return MediaRef.newBuilder().setPath(path);
    }

    private static int crc32() {
        CRC32 crc32 = new CRC32();
        crc32.update(TEXT.getBytes(StandardCharsets.UTF_8));
        return (int) crc32.getValue();
    }
}
