package io.datumpb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import datumpb_schema.v1.ItemOuterClass.Item;
import datumpb_schema.v1.ItemOuterClass.ItemBatch;
import datumpb_schema.v1.MetaOuterClass.Meta;
import io.datumpb.errors.ItemNotFoundException;
import io.datumpb.errors.MissingKeyException;
import io.datumpb.errors.NotADatumFileException;
import io.datumpb.errors.UnexpectedKeyException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link DatumReader}: the ways to items, and keys. The conformance suite covers the format. */
class DatumReaderTest {
    @Test
    void readsTheFileOfTheDocument(@TempDir Path folder) throws IOException {
        Path path = Files.write(folder.resolve("train.datum"), FormatDocument.plainFile());
        try (DatumReader reader = DatumReader.open(path)) {
            assertEquals("train", reader.meta().getSubset());
            assertEquals("datumpb", reader.header().getWriterName());
            assertEquals(2, reader.footer().getStatistics().getAnnotationCount());
            assertFalse(reader.encrypted());
            assertEquals(1, reader.count());
            Item item = reader.iterator().next();
            assertEquals(item, reader.item(0));
            assertEquals(item, reader.item("one"));
            assertArrayEquals(new double[] {10.5, 20.25, 100, 50.75}, Geometry.coordinates(item.getAnnotations(0)));
            reader.verify();
        }
    }

    @Test
    void whatIsNotThereIsNotFound() throws IOException {
        try (DatumReader reader = open(FormatDocument.plainFile(), null)) {
            assertThrows(ItemNotFoundException.class, () -> reader.item(1));
            assertThrows(ItemNotFoundException.class, () -> reader.item(-1));
            assertThrows(ItemNotFoundException.class, () -> reader.item("two"));
            assertTrue(reader.find("two").isEmpty());
            var items = reader.iterator();
            items.next();
            assertThrows(NoSuchElementException.class, items::next);
        }
    }

    @Test
    void idsOfOneChecksumAreToldApart() throws IOException {
        // A well-known collision of CRC-32.
        List<String> ids = List.of("plumless", "buckeroo");
        assertEquals(BlockTable.crc32(ids.get(0)), BlockTable.crc32(ids.get(1)));
        ItemBatch.Builder batch = ItemBatch.newBuilder();
        ids.forEach(id -> batch.addItems(Item.newBuilder().setId(id)));
        byte[] meta = Meta.newBuilder().setSubset("train").build().toByteArray();
        try (DatumReader reader = open(Forge.file(meta, batch.build().toByteArray(), ids, true), null)) {
            for (String id : ids) {
                assertEquals(id, reader.item(id).getId());
            }
        }
    }

    @Test
    void keysHaveToFit() throws IOException {
        DatumKey key = DatumKey.parse(FormatDocument.KEY);
        assertThrows(UnexpectedKeyException.class, () -> open(FormatDocument.plainFile(), key));
        ByteSource sealed = ByteSource.of("media", FormatDocument.sealed("file"));
        assertThrows(MissingKeyException.class, () -> MediaFile.open(sealed, null, FormatDocument.MEDIA_PATH));
    }

    @Test
    void keysOfAFileAreThoseOfTheDocument() throws IOException {
        byte[] okm = FileKeys.hkdf(
                FormatDocument.sealed("key"), FormatDocument.sealed("salt"), "datumpb/v1/file".getBytes(), 64);
        assertEquals(ByteString.copyFrom(FormatDocument.sealed("record_key")), ByteString.copyFrom(okm, 0, 32));
        assertEquals(ByteString.copyFrom(FormatDocument.sealed("commitment")), ByteString.copyFrom(okm, 32, 32));
    }

    @Test
    void otherFilesAreTold(@TempDir Path folder) throws IOException {
        Path text = Files.writeString(folder.resolve("evil\nname.datum"), "a text, and not at all a dataset, but long");
        NotADatumFileException error = assertThrows(NotADatumFileException.class, () -> DatumReader.open(text));
        assertEquals(1, error.getMessage().lines().count());
        assertThrows(NoSuchFileException.class, () -> DatumReader.open(folder.resolve("missing.datum")));
    }

    @Test
    void nothingIsReadFromAClosedFile(@TempDir Path folder) throws IOException {
        Path path = Files.write(folder.resolve("train.datum"), FormatDocument.plainFile());
        DatumReader reader = DatumReader.open(path);
        reader.close();
        reader.close();
        assertThrows(ClosedChannelException.class, () -> reader.item(0));
    }

    private static DatumReader open(byte[] file, DatumKey key) throws IOException {
        return DatumReader.open(ByteSource.of("file", file), key);
    }
}
