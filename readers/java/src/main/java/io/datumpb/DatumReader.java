package io.datumpb;

import com.google.protobuf.InvalidProtocolBufferException;
import datumpb_schema.v1.Container.ContentType;
import datumpb_schema.v1.Container.Footer;
import datumpb_schema.v1.Container.Header;
import datumpb_schema.v1.ItemOuterClass.Item;
import datumpb_schema.v1.MetaOuterClass.Meta;
import io.datumpb.errors.ItemNotFoundException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Reads an annotation file: its items in their order, or by index or id. A reader may be used by several threads.
 *
 * <p>The ends of the file, META and INDEX are checked when it is opened, every item before it is handed out. The
 * numbers of its shapes and masks are an exception: {@link Geometry} and {@link MaskRuns} check them where they decode
 * them. All that a file can be refused for is a {@link io.datumpb.errors.DatumException}.
 */
public final class DatumReader implements Closeable, Iterable<Item> {
    private final RecordFile file;
    private final Meta meta;
    private final BlockTable table;
    /** The block that was read last, for those who ask for neighbours. */
    private volatile Block last;

    private DatumReader(RecordFile file) throws IOException {
        this.file = file;
        meta = readMeta(file);
        table = BlockTable.read(file);
    }

    /**
     * Opens a file that is not encrypted.
     *
     * @param path the file
     * @return its reader; close it when done
     * @throws io.datumpb.errors.DatumException if the file is not one that this reader can read
     * @throws IOException if it cannot be read at all
     */
    public static DatumReader open(Path path) throws IOException {
        return open(path, null);
    }

    /**
     * Opens a file.
     *
     * @param path the file
     * @param key the key that it is encrypted with; null: it is not encrypted
     * @return its reader; close it when done
     * @throws io.datumpb.errors.DatumException if the file is not one that this reader can read
     * @throws IOException if it cannot be read at all
     */
    public static DatumReader open(Path path, DatumKey key) throws IOException {
        return open(ByteSource.of(path), key);
    }

    /**
     * Opens a file, wherever its bytes are.
     *
     * @param source its bytes, which are closed with the reader, and where opening fails
     * @param key the key that it is encrypted with; null: it is not encrypted
     * @return its reader; close it when done
     * @throws io.datumpb.errors.DatumException if the file is not one that this reader can read
     * @throws IOException if it cannot be read at all
     */
    public static DatumReader open(ByteSource source, DatumKey key) throws IOException {
        RecordFile file = new RecordFile(source, key, ContentType.CONTENT_TYPE_ANNOTATIONS);
        try {
            return new DatumReader(file);
        } catch (IOException error) {
            file.close();
            throw error;
        }
    }

    /**
     * Returns the body of HEADER.
     *
     * @return version, features, limits, and the schema where the file carries it
     */
    public Header header() {
        return file.head().header();
    }

    /**
     * Returns the body of META.
     *
     * @return what holds for all items: subset, infos, categories, kind of media
     */
    public Meta meta() {
        return meta;
    }

    /**
     * Returns the body of FOOTER.
     *
     * @return what the file holds in all, statistics among it
     */
    public Footer footer() {
        return file.footer();
    }

    /**
     * Tells whether the file is encrypted.
     *
     * @return true where it is
     */
    public boolean encrypted() {
        return file.head().encrypted();
    }

    /**
     * Returns how many items there are.
     *
     * @return the number of items
     */
    public long count() {
        return table.itemCount();
    }

    /**
     * Iterates over all items in their order, keeping one block at a time.
     *
     * @return an iterator whose methods throw an {@link UncheckedIOException} where the file is refused; its cause is
     *     the {@link io.datumpb.errors.DatumException}
     */
    @Override
    public Iterator<Item> iterator() {
        return new Items();
    }

    /**
     * Returns the item at an index, reading the one block that has it.
     *
     * @param index from 0
     * @return the item
     * @throws ItemNotFoundException if there is no such item
     * @throws io.datumpb.errors.DatumException if the file is damaged
     * @throws IOException if it cannot be read at all
     */
    public Item item(long index) throws IOException {
        if (index < 0 || index >= count()) {
            throw new ItemNotFoundException(name() + ": there is no item " + index + ", the file has " + count());
        }
        int number = table.blockOf(index);
        Block block = last;
        if (block == null || block.index() != number) {
            block = Block.read(file, table, number);
            last = block;
        }
        return block.item((int) (index - table.firstItem(number)));
    }

    /**
     * Returns the item of an id.
     *
     * @param id the id
     * @return the item
     * @throws ItemNotFoundException if there is no such item
     * @throws io.datumpb.errors.DatumException if the file is damaged
     * @throws IOException if it cannot be read at all
     */
    public Item item(String id) throws IOException {
        return find(id).orElseThrow(() -> new ItemNotFoundException(name() + ": no item has the id '" + id + "'"));
    }

    /**
     * Returns the item of an id, if there is one.
     *
     * @param id the id
     * @return the item, or nothing
     * @throws io.datumpb.errors.DatumException if the file is damaged
     * @throws IOException if it cannot be read at all
     */
    public Optional<Item> find(String id) throws IOException {
        int crc32 = BlockTable.crc32(id);
        for (long index = 0; index < count(); index++) {
            if (table.idCrc32(index) == crc32) { // Other ids may have this checksum, too.
                Item item = item(index);
                if (item.getId().equals(id)) {
                    return Optional.of(item);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Reads the whole file and compares all that it says about itself: the order of records, INDEX, FOOTER, statistics,
     * ids, labels, coordinates and masks. Takes memory for the id of every item.
     *
     * @throws io.datumpb.errors.DatumException if anything is not as it has to be
     * @throws IOException if the file cannot be read at all
     */
    public void verify() throws IOException {
        new Verification(file, table, meta).run();
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

    private String name() {
        return file.records().source().name();
    }

    private static Meta readMeta(RecordFile file) throws IOException {
        byte[] body = file.meta();
        Meta meta;
        try {
            meta = Meta.parseFrom(body);
        } catch (InvalidProtocolBufferException error) {
            throw Wire.malformed(file.metaPlace(), "META", error);
        }
        MetaRules.check(meta, file.metaPlace());
        return meta;
    }

    /** Iterates over the items of one block after the other. */
    private final class Items implements Iterator<Item> {
        private Block block;
        private int nextBlock;
        private int position;

        @Override
        public boolean hasNext() {
            try {
                while ((block == null || position == block.itemCount()) && nextBlock < table.blockCount()) {
                    block = null; // The one before may go while the next is read.
                    block = Block.read(file, table, nextBlock++);
                    position = 0;
                }
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
            return block != null && position < block.itemCount();
        }

        @Override
        public Item next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            try {
                return block.item(position++);
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
        }
    }
}
