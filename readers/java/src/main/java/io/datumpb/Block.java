package io.datumpb;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import datumpb_schema.v1.Container.BlockEntry;
import datumpb_schema.v1.Container.RecordKind;
import datumpb_schema.v1.ItemOuterClass.Item;
import io.datumpb.errors.DatumFileException;
import java.io.IOException;

/** The body of a BLOCK record, split into its items, none of which is parsed before it is asked for (section 7). */
final class Block {
    private static final int ITEMS_TAG = 1 << 3 | 2;

    private final int index;
    private final Place place;
    private final byte[] body;
    private final int[] starts;
    private final int[] sizes;
    private int count;

    private Block(int index, Place place, byte[] body, int itemCount) {
        this.index = index;
        this.place = place;
        this.body = body;
        starts = new int[itemCount];
        sizes = new int[itemCount];
    }

    /** Reads a block that INDEX lists. */
    static Block read(RecordFile file, BlockTable table, int index) throws IOException {
        BlockEntry entry = table.block(index);
        byte[] body = file.listed(
                RecordKind.RECORD_KIND_BLOCK, entry.getOffset(), entry.getSize(), entry.getSeq(), entry.getCrc32());
        return split(body, file.records().place(entry.getOffset()), table, index);
    }

    /** Splits the body of a block that INDEX lists. */
    static Block split(byte[] body, Place place, BlockTable table, int index) throws IOException {
        // INDEX has an id for each of them, so that this is bounded by the size of the file.
        Block block = new Block(index, place, body, Math.toIntExact(table.itemCount(index)));
        Wire.walk(body, place, "the block", block::take);
        if (block.count != block.starts.length) {
            throw block.otherCount();
        }
        return block;
    }

    /** Returns which block of the file it is. */
    int index() {
        return index;
    }

    int itemCount() {
        return count;
    }

    /** Returns an item, checked; {@code position} counts from the block's first. */
    Item item(int position) throws DatumFileException {
        Item item;
        try {
            item = Item.parser().parseFrom(body, starts[position], sizes[position]);
        } catch (InvalidProtocolBufferException error) {
            throw Wire.malformed(place, "an item", error);
        }
        ItemRules.check(item, place);
        return item;
    }

    private boolean take(int tag, CodedInputStream input) throws IOException {
        if (tag != ITEMS_TAG) {
            return false;
        }
        if (count == starts.length) {
            throw otherCount();
        }
        sizes[count] = input.readRawVarint32();
        starts[count] = input.getTotalBytesRead();
        input.skipRawBytes(sizes[count]);
        count++;
        return true;
    }

    private DatumFileException otherCount() {
        return place.damaged("the block does not hold " + starts.length + " items, as INDEX says");
    }
}
