package io.datumpb;

import datumpb_schema.v1.Container.ContentType;
import datumpb_schema.v1.Container.RecordKind;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;

/** All records from META to FOOTER, one behind the other, as they are stored (sections 3 and 9). */
final class RecordWalk {
    /** What may follow what, unknown kinds aside. */
    private static final Map<ContentType, Map<Integer, Set<Integer>>> FOLLOWERS = Map.of(
            ContentType.CONTENT_TYPE_ANNOTATIONS,
            Map.of(
                    RecordKind.RECORD_KIND_HEADER_VALUE, Set.of(RecordKind.RECORD_KIND_META_VALUE),
                    RecordKind.RECORD_KIND_META_VALUE,
                            Set.of(RecordKind.RECORD_KIND_BLOCK_VALUE, RecordKind.RECORD_KIND_INDEX_VALUE),
                    RecordKind.RECORD_KIND_BLOCK_VALUE,
                            Set.of(RecordKind.RECORD_KIND_BLOCK_VALUE, RecordKind.RECORD_KIND_INDEX_VALUE),
                    RecordKind.RECORD_KIND_INDEX_VALUE,
                            Set.of(RecordKind.RECORD_KIND_INDEX_VALUE, RecordKind.RECORD_KIND_FOOTER_VALUE)),
            ContentType.CONTENT_TYPE_MEDIA,
            Map.of(
                    RecordKind.RECORD_KIND_HEADER_VALUE, Set.of(RecordKind.RECORD_KIND_META_VALUE),
                    RecordKind.RECORD_KIND_META_VALUE,
                            Set.of(RecordKind.RECORD_KIND_MEDIA_VALUE, RecordKind.RECORD_KIND_FOOTER_VALUE),
                    RecordKind.RECORD_KIND_MEDIA_VALUE,
                            Set.of(RecordKind.RECORD_KIND_MEDIA_VALUE, RecordKind.RECORD_KIND_FOOTER_VALUE)));

    /** Takes the records one by one. */
    @FunctionalInterface
    interface Visitor {
        void visit(StoredRecord record) throws IOException;
    }

    private final RecordFile file;
    private final CRC32 checksums = new CRC32();

    private RecordWalk(RecordFile file) {
        this.file = file;
    }

    /** Visits every record from META to FOOTER; FOOTER only where it vouches for all before it. */
    static void over(RecordFile file, Visitor visitor) throws IOException {
        new RecordWalk(file).run(visitor);
    }

    private void run(Visitor visitor) throws IOException {
        FileHead head = file.head();
        Ends.Footing footing = file.footing();
        count(Ends.PREAMBLE_CRC32);
        count(head.record().crc32());
        long offset = head.end();
        long seq = head.metaSeq();
        int previous = RecordKind.RECORD_KIND_HEADER_VALUE;
        while (offset < footing.end()) {
            StoredRecord record = file.records().read(offset, head.limit());
            previous = checkOrder(record, seq, previous);
            visitor.visit(record);
            count(record.crc32());
            offset = record.end();
            seq++;
        }
        if (offset != footing.end()) {
            throw file.footerPlace().damaged("the records do not lead to FOOTER");
        }
    }

    /** Checks that a record stands where it may, and returns the kind that counts for the next one. */
    private int checkOrder(StoredRecord record, long seq, int previous) throws IOException {
        boolean known = record.kind() <= RecordKind.RECORD_KIND_TRAILER_VALUE;
        boolean here = record.offset() == file.footing().offset();
        // HEADER is followed by META and by nothing else.
        boolean skipped = !known && previous != RecordKind.RECORD_KIND_HEADER_VALUE && !here;
        Set<Integer> followers = FOLLOWERS.get(file.head().header().getContent()).getOrDefault(previous, Set.of());
        boolean inOrder = followers.contains(record.kind()) && record.is(RecordKind.RECORD_KIND_FOOTER) == here;
        record.expect(file.head().sync(), seq);
        if (!skipped && !inOrder) {
            throw record.place().damaged("a record of kind " + record.kind() + " is not in its place");
        }
        if (here && (int) checksums.getValue() != file.footer().getRecordsCrc32()) {
            throw record.place().damaged("FOOTER vouches for other records than the file has");
        }
        return known ? record.kind() : previous;
    }

    private void count(int crc32) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            checksums.update(crc32 >>> shift);
        }
    }
}
