package io.datumpb;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import datumpb_schema.v1.Container.BlockEntry;
import datumpb_schema.v1.Container.IndexEntry;
import datumpb_schema.v1.Container.RecordKind;
import io.datumpb.errors.DamagedFileException;
import io.datumpb.errors.LimitException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/** All INDEX records of a file, joined: where the blocks are, and the CRC-32 of each item's id (section 8). */
final class BlockTable {
    private static final int BLOCKS_TAG = 1 << 3 | 2;
    private static final int PACKED_IDS_TAG = 2 << 3 | 2;
    private static final int ID_TAG = 2 << 3 | 5;

    private final List<BlockEntry> blocks;
    private final int[] idCrc32;
    /** The index of each block's first item, and at the end the count of all items. */
    private final long[] firstItem;

    private BlockTable(List<BlockEntry> blocks, int[] idCrc32) {
        this.blocks = blocks;
        this.idCrc32 = idCrc32;
        firstItem = new long[blocks.size() + 1];
        for (int block = 0; block < blocks.size(); block++) {
            firstItem[block + 1] = firstItem[block] + itemCount(block);
        }
    }

    /** Reads the INDEX records that FOOTER lists. */
    static BlockTable read(RecordFile file) throws IOException {
        Collector collector = new Collector(file);
        for (IndexEntry entry : file.footer().getIndexList()) {
            collector.add(entry);
        }
        BlockTable table = new BlockTable(collector.blocks, collector.ids.build().toArray());
        if (table.itemCount() != table.idCrc32.length || table.itemCount() != file.footer().getItemCount()) {
            throw file.footerPlace().damaged("INDEX and FOOTER count different numbers of items");
        }
        return table;
    }

    static int crc32(String id) {
        CRC32 crc32 = new CRC32();
        crc32.update(id.getBytes(StandardCharsets.UTF_8));
        return (int) crc32.getValue();
    }

    int blockCount() {
        return blocks.size();
    }

    BlockEntry block(int index) {
        return blocks.get(index);
    }

    /** Returns how many items a block holds. */
    long itemCount(int block) {
        return Integer.toUnsignedLong(blocks.get(block).getItemCount());
    }

    /** Returns how many items all blocks hold. */
    long itemCount() {
        return firstItem[blocks.size()];
    }

    long firstItem(int block) {
        return firstItem[block];
    }

    /** Returns the CRC-32 of an item's id. */
    int idCrc32(long item) {
        return idCrc32[Math.toIntExact(item)];
    }

    /** Returns the block that holds an item. */
    int blockOf(long item) {
        int low = 0;
        int high = blocks.size();
        while (low < high) {
            int middle = low + high >>> 1;
            if (firstItem[middle] <= item) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** Joins INDEX records; what it keeps is bounded by the size of the file, however well a hostile one is packed. */
    private static final class Collector {
        private static final int MOST = Integer.MAX_VALUE - 8;

        private final List<BlockEntry> blocks = new ArrayList<>();
        private final IntStream.Builder ids = IntStream.builder();
        private final RecordFile file;
        private final long most;
        private long idCount;
        private long itemCount;

        Collector(RecordFile file) throws LimitException {
            this.file = file;
            long announced = file.footer().getItemCount();
            long size = file.records().source().size();
            most = Long.compareUnsigned(announced, size) < 0 ? announced : size;
            if (most > MOST) {
                throw file.footerPlace().limit("this reader's limit is " + MOST + " items");
            }
        }

        void add(IndexEntry entry) throws IOException {
            byte[] body = file.listed(
                    RecordKind.RECORD_KIND_INDEX, entry.getOffset(), entry.getSize(), entry.getSeq(), entry.getCrc32());
            Place place = file.records().place(entry.getOffset());
            long blocksBefore = blocks.size();
            long idsBefore = idCount;
            long itemsBefore = itemCount;
            Wire.walk(body, place, "INDEX", (tag, input) -> take(tag, input, place));
            long items = itemCount - itemsBefore;
            if (items != idCount - idsBefore
                    || items != entry.getItemCount()
                    || blocks.size() - blocksBefore != entry.getBlockCount()) {
                throw place.damaged("INDEX lists other numbers of blocks, items and ids than FOOTER says");
            }
        }

        private boolean take(int tag, CodedInputStream input, Place place) throws IOException {
            switch (tag) {
                case BLOCKS_TAG -> {
                    BlockEntry block = input.readMessage(BlockEntry.parser(), ExtensionRegistryLite.getEmptyRegistry());
                    checkMost(blocks.size(), place);
                    blocks.add(block);
                    itemCount += Integer.toUnsignedLong(block.getItemCount());
                }
                case PACKED_IDS_TAG -> {
                    int outer = input.pushLimit(input.readRawVarint32());
                    while (input.getBytesUntilLimit() > 0) {
                        addId(input.readFixed32(), place);
                    }
                    input.popLimit(outer);
                }
                case ID_TAG -> addId(input.readFixed32(), place);
                default -> {
                    return false;
                }
            }
            return true;
        }

        private void addId(int crc32, Place place) throws DamagedFileException {
            checkMost(idCount, place);
            ids.add(crc32);
            idCount++;
        }

        private void checkMost(long count, Place place) throws DamagedFileException {
            if (count >= most) {
                throw place.damaged("INDEX lists more blocks or items than the file can have");
            }
        }
    }
}
