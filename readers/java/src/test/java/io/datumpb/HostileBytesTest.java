package io.datumpb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import datumpb_schema.v1.AnnotationOuterClass.Annotation;
import datumpb_schema.v1.ItemOuterClass.Item;
import datumpb_schema.v1.ItemOuterClass.ItemBatch;
import datumpb_schema.v1.MetaOuterClass.Meta;
import io.datumpb.errors.DatumException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Damage of every kind: a {@link DatumException}, or the same data as before, and nothing else. */
@Timeout(300)
class HostileBytesTest {
    private static final Path SUITE = Path.of("../../conformance");
    private static final int MOST_SIZE = 1200;

    @Test
    void everyChangedBitOfThePlainExampleIsRefused() throws IOException {
        byte[] file = FormatDocument.plainFile();
        assertEquals(1, items(file, null).size());
        for (int bit = 0; bit < Byte.SIZE * file.length; bit++) {
            byte[] changed = file.clone();
            changed[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertThrows(DatumException.class, () -> verify(changed, null), "bit " + bit);
            assertRefusedOrSame(changed, null, items(file, null));
        }
    }

    @Test
    void everyChangedBitOfTheEncryptedExampleIsRefused() throws IOException {
        byte[] file = FormatDocument.sealed("file");
        DatumKey key = DatumKey.parse(FormatDocument.KEY);
        for (int bit = 0; bit < Byte.SIZE * file.length; bit++) {
            byte[] changed = file.clone();
            changed[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertThrows(DatumException.class, () -> media(changed, key), "bit " + bit);
        }
        for (int size = 0; size < file.length; size++) {
            byte[] cut = Arrays.copyOf(file, size);
            assertThrows(DatumException.class, () -> media(cut, key), "cut at " + size);
        }
    }

    @Test
    void everyByteOfSmallFilesOfTheSuite() throws IOException {
        DatumKey key = DatumKey.read(SUITE.resolve("keys/first.txt"));
        int tried = 0;
        for (Path path : suite()) {
            byte[] file = Files.readAllBytes(path);
            if (file.length <= MOST_SIZE) {
                damage(path, file, isEncrypted(file) ? key : null);
                tried++;
            }
        }
        assertTrue(tried > 10, tried + " files tried");
    }

    @Test
    void changedBodiesUnderRightChecksums() throws IOException {
        Random random = new Random(4);
        byte[] meta = Meta.newBuilder().setSubset("train").build().toByteArray();
        for (Path path : suite()) {
            byte[] file = Files.readAllBytes(path);
            if (file.length > 20 * MOST_SIZE || isEncrypted(file)) {
                continue;
            }
            List<Item> items = items(file, null);
            byte[] block = ItemBatch.newBuilder().addAllItems(items).build().toByteArray();
            List<String> ids = items.stream().map(Item::getId).toList();
            for (int round = 0; round < 200 && block.length > 0; round++) {
                assertTyped(Forge.file(meta, changed(block, random), ids, round % 2 == 0));
                assertTyped(Forge.file(changed(metaOf(file), random), block, ids, round % 2 == 0));
            }
        }
    }

    @Test
    void groupsThatNestAreRefused() throws IOException {
        byte[] groups = new byte[1 << 20];
        Arrays.fill(groups, (byte) (15 << 3 | 3)); // field 15 begins a group, and again, and again
        byte[] meta = Meta.newBuilder().setSubset("train").build().toByteArray();
        for (boolean compressed : new boolean[] {false, true}) {
            assertThrows(DatumException.class, () -> verify(Forge.file(meta, groups, List.of("a"), compressed), null));
            byte[] file = Forge.file(groups, groups, List.of("a"), compressed);
            assertThrows(DatumException.class, () -> verify(file, null));
        }
    }

    @Test
    void fieldsOfLaterVersionsAreSkippedAndKept() throws IOException {
        UnknownFieldSet later = UnknownFieldSet.newBuilder()
                .addField(1000, UnknownFieldSet.Field.newBuilder()
                        .addLengthDelimited(ByteString.copyFromUtf8("later"))
                        .build())
                .build();
        Item item = Item.newBuilder().setId("a").setUnknownFields(later).build();
        byte[] block = ItemBatch.newBuilder().addItems(item).setUnknownFields(later).build().toByteArray();
        byte[] meta = Meta.newBuilder().setSubset("train").setUnknownFields(later).build().toByteArray();
        assertEquals(List.of(item), items(Forge.file(meta, block, List.of("a"), true), null));
    }

    /** The valid annotation files of the conformance suite whose key, if any, is the first one. */
    private static List<Path> suite() throws IOException {
        try (Stream<Path> all = Files.list(SUITE.resolve("valid"))) {
            return all.filter(file -> file.toString().matches(".*/(?!media-file|second-key)[^/]*\\.datum"))
                    .sorted()
                    .toList();
        }
    }

    private static void damage(Path path, byte[] file, DatumKey key) throws IOException {
        List<Item> expected = items(file, key);
        for (int index = 0; index < file.length; index++) {
            for (int change : new int[] {0x01, 0x80, 0xFF}) {
                byte[] changed = file.clone();
                changed[index] ^= (byte) change;
                assertThrows(DatumException.class, () -> verify(changed, key), path + " " + index);
                assertRefusedOrSame(changed, key, expected);
            }
            byte[] cut = Arrays.copyOf(file, index);
            assertThrows(DatumException.class, () -> items(cut, key), path + " cut at " + index);
        }
    }

    private static void assertRefusedOrSame(byte[] file, DatumKey key, List<Item> expected) throws IOException {
        List<Item> found;
        try {
            found = items(file, key);
        } catch (DatumException error) {
            return;
        }
        assertEquals(expected, found);
    }

    private static void assertTyped(byte[] file) throws IOException {
        try {
            items(file, null);
            verify(file, null);
        } catch (DatumException error) {
            assertTrue(error.getMessage().lines().count() == 1, error.getMessage());
        }
    }

    private static byte[] changed(byte[] data, Random random) {
        byte[] changed = data.clone();
        for (int count = 1 + random.nextInt(3); count > 0 && data.length > 0; count--) {
            changed[random.nextInt(data.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(changed, random.nextInt(data.length + 1)) : changed;
    }

    private static byte[] metaOf(byte[] file) throws IOException {
        try (DatumReader reader = open(file, null)) {
            return reader.meta().toByteArray();
        }
    }

    private static boolean isEncrypted(byte[] file) {
        try (DatumReader reader = open(file, null)) {
            return reader.encrypted();
        } catch (IOException error) {
            assertInstanceOf(io.datumpb.errors.MissingKeyException.class, error);
            return true;
        }
    }

    /** Reads all items in order and by index and id, and decodes what is in them. */
    private static List<Item> items(byte[] file, DatumKey key) throws IOException {
        List<Item> items = new ArrayList<>();
        try (DatumReader reader = open(file, key)) {
            for (Item item : reader) {
                assertEquals(item, reader.item(items.size()));
                items.add(item);
                for (Annotation annotation : item.getAnnotationsList()) {
                    Geometry.coordinates(annotation);
                }
            }
        } catch (UncheckedIOException error) {
            throw error.getCause();
        }
        return items;
    }

    private static void verify(byte[] file, DatumKey key) throws IOException {
        try (DatumReader reader = open(file, key)) {
            reader.verify();
        }
    }

    private static void media(byte[] file, DatumKey key) throws IOException {
        try (MediaFile media = MediaFile.open(ByteSource.of("file", file), key, FormatDocument.MEDIA_PATH)) {
            media.copyTo(new ByteArrayOutputStream());
        }
    }

    private static DatumReader open(byte[] file, DatumKey key) throws IOException {
        return DatumReader.open(ByteSource.of("file", file), key);
    }
}
