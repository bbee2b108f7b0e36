package io.datumpb;

import datumpb_schema.v1.AnnotationOuterClass.Annotation;
import datumpb_schema.v1.Container.BlockEntry;
import datumpb_schema.v1.Container.IndexEntry;
import datumpb_schema.v1.Container.RecordKind;
import datumpb_schema.v1.ItemOuterClass.Item;
import datumpb_schema.v1.MetaOuterClass.Meta;
import io.datumpb.errors.DamagedFileException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * A full pass over an annotation file: every record in its place, and everything that the file says about itself
 * compared with what is in it (section 9).
 */
final class Verification {
    private final RecordFile file;
    private final BlockTable table;
    /** How many labels there are; unbounded where META has no label categories. */
    private final long labelCount;

    private final Set<String> ids = new HashSet<>();
    private final StatisticsCount statistics = new StatisticsCount();
    private int blocks;
    private int indexes;

    Verification(RecordFile file, BlockTable table, Meta meta) {
        this.file = file;
        this.table = table;
        labelCount = meta.getCategories().hasLabels()
                ? meta.getCategories().getLabels().getLabelsCount()
                : Long.MAX_VALUE;
    }

    void run() throws IOException {
        RecordWalk.over(file, record -> {
            if (record.is(RecordKind.RECORD_KIND_BLOCK)) {
                checkBlock(record);
            } else if (record.is(RecordKind.RECORD_KIND_INDEX)) {
                checkIndex(record);
            }
        });
        if (blocks != table.blockCount() || indexes != file.footer().getIndexCount()) {
            throw file.footerPlace().damaged("INDEX and FOOTER list other records than the file has");
        }
        if (!statistics.equalTo(file.footer().getStatistics())) {
            throw file.footerPlace().damaged("FOOTER has other statistics than the items");
        }
    }

    private void checkIndex(StoredRecord record) throws DamagedFileException {
        // Their bodies were read by way of FOOTER, each compared with the counts in its entry.
        if (indexes == file.footer().getIndexCount()) {
            throw record.place().damaged("FOOTER does not list this INDEX");
        }
        IndexEntry entry = file.footer().getIndex(indexes++);
        checkPlace(record, entry.getOffset(), entry.getSize(), entry.getSeq(), entry.getCrc32());
    }

    private void checkBlock(StoredRecord record) throws IOException {
        if (blocks == table.blockCount()) {
            throw record.place().damaged("INDEX does not list this block");
        }
        BlockEntry entry = table.block(blocks);
        checkPlace(record, entry.getOffset(), entry.getSize(), entry.getSeq(), entry.getCrc32());
        Block block = Block.split(file.body(record), record.place(), table, blocks);
        if (block.itemCount() == 0) {
            throw record.place().damaged("a block without items");
        }
        for (int position = 0; position < block.itemCount(); position++) {
            checkItem(block.item(position), table.firstItem(blocks) + position, record.place());
        }
        blocks++;
    }

    private static void checkPlace(StoredRecord record, long offset, long size, long seq, int crc32)
            throws DamagedFileException {
        if (record.offset() != offset || record.size() != size || record.seq() != seq || record.crc32() != crc32) {
            throw record.place().damaged("another record is listed here than the file has");
        }
    }

    private void checkItem(Item item, long index, Place blockPlace) throws IOException {
        Place place = blockPlace.within("item '" + item.getId() + "'");
        if (BlockTable.crc32(item.getId()) != table.idCrc32(index)) {
            throw place.damaged("INDEX has another id here");
        }
        if (!ids.add(item.getId())) {
            throw place.damaged("its id is there twice");
        }
        for (Annotation annotation : item.getAnnotationsList()) {
            if (annotation.hasLabelIndex() && Integer.toUnsignedLong(annotation.getLabelIndex()) >= labelCount) {
                throw place.damaged("it has label " + Integer.toUnsignedString(annotation.getLabelIndex())
                        + ", there are " + labelCount + " labels");
            }
            Geometry.coordinates(annotation);
            if (annotation.hasMask()) {
                MaskRuns.of(annotation.getMask());
            }
        }
        statistics.add(item);
    }
}
