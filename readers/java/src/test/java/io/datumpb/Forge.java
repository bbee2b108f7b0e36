package io.datumpb;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import datumpb_schema.v1.Container.BlockEntry;
import datumpb_schema.v1.Container.ContentType;
import datumpb_schema.v1.Container.Footer;
import datumpb_schema.v1.Container.Header;
import datumpb_schema.v1.Container.Index;
import datumpb_schema.v1.Container.IndexEntry;
import datumpb_schema.v1.Container.Record;
import datumpb_schema.v1.Container.RecordKind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** Makes plain files whose envelopes, checksums and lists are right, whatever their bodies are. */
final class Forge {
    private static final long SYNC = 0x0807060504030201L;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private final ByteArrayOutputStream checksums = new ByteArrayOutputStream();
    private final boolean compressed;
    private long seq;

    private Forge(boolean compressed) {
        this.compressed = compressed;
    }

    /** Makes a file of one block. */
    static byte[] file(byte[] meta, byte[] block, List<String> ids, boolean compressed) {
        return new Forge(compressed).make(meta, block, ids);
    }

    private byte[] make(byte[] meta, byte[] block, List<String> ids) {
        ByteBuffer preamble = ByteBuffer.allocate(Ends.PREAMBLE_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        preamble.put(new byte[] {0x24, 0x09}).putLong(SYNC).put(new byte[] {0x10, 1, 0x18, 0, 0x20, 1, 0x35});
        preamble.putInt(0x823146d6).put(new byte[] {0x42, 0x0e, 0x0a, 0x0c});
        preamble.put(new byte[] {(byte) 0x89, 'D', 'A', 'T', 'U', 'M', 'P', 'B', '\r', '\n', 0x1a, '\n'});
        file.writeBytes(preamble.array());
        checksum(0x823146d6);
        seq = 1;
        Header header = Header.newBuilder()
                .setFormatMajor(1)
                .setContent(ContentType.CONTENT_TYPE_ANNOTATIONS)
                .setMaxRecordSize(4194303)
                .build();
        add(RecordKind.RECORD_KIND_HEADER, header.toByteArray());
        add(RecordKind.RECORD_KIND_META, meta);
        long blockOffset = file.size();
        Record blockRecord = add(RecordKind.RECORD_KIND_BLOCK, block);
        Index.Builder index = Index.newBuilder()
                .addBlocks(BlockEntry.newBuilder()
                        .setOffset(blockOffset)
                        .setSize(file.size() - blockOffset)
                        .setSeq(blockRecord.getSeq())
                        .setCrc32(blockRecord.getCrc32())
                        .setItemCount(ids.size()));
        ids.forEach(id -> index.addItemIdCrc32(BlockTable.crc32(id)));
        long indexOffset = file.size();
        Record indexRecord = add(RecordKind.RECORD_KIND_INDEX, index.build().toByteArray());
        IndexEntry entry = IndexEntry.newBuilder()
                .setOffset(indexOffset)
                .setSize(file.size() - indexOffset)
                .setSeq(indexRecord.getSeq())
                .setCrc32(indexRecord.getCrc32())
                .setBlockCount(1)
                .setItemCount(ids.size())
                .build();
        long footerOffset = file.size();
        Footer footer = Footer.newBuilder()
                .setRecordCount(seq)
                .setRecordsCrc32(crc32(checksums.toByteArray()))
                .setItemCount(ids.size())
                .addIndex(entry)
                .build();
        add(RecordKind.RECORD_KIND_FOOTER, footer.toByteArray());
        trailer(footerOffset, file.size() - footerOffset);
        return file.toByteArray();
    }

    private Record add(RecordKind kind, byte[] body) {
        int codec = compressed ? 2 : 1;
        ByteString payload = ByteString.copyFrom(compressed ? Zstd.compress(body) : body);
        byte[] context = RecordContext.of(kind.getNumber(), codec, seq, body.length);
        Record record = Record.newBuilder()
                .setSync(SYNC)
                .setKind(kind)
                .setSeq(seq++)
                .setCodecValue(codec)
                .setRawSize(body.length)
                .setCrc32(RecordContext.crc32(context, ByteString.EMPTY, payload))
                .setPayload(payload)
                .build();
        checksum(record.getCrc32());
        byte[] bytes = record.toByteArray();
        List<Integer> prefix = new ArrayList<>();
        for (int size = bytes.length; ; size >>>= 7) {
            prefix.add(size < 0x80 ? size : size & 0x7F | 0x80);
            if (size < 0x80) {
                break;
            }
        }
        prefix.forEach(file::write);
        file.writeBytes(bytes);
        return record;
    }

    private void trailer(long footerOffset, long footerSize) {
        ByteBuffer body = ByteBuffer.allocate(27).order(ByteOrder.LITTLE_ENDIAN);
        body.put((byte) 0x09).putLong(footerOffset).put((byte) 0x11).putLong(footerSize).put((byte) 0x19);
        body.putLong(footerOffset + footerSize + Ends.TRAILER_SIZE);
        byte[] context = RecordContext.of(RecordKind.RECORD_KIND_TRAILER_VALUE, 1, 0, 0);
        int crc32 = RecordContext.crc32(context, ByteString.EMPTY, ByteString.copyFrom(body.array()));
        ByteBuffer trailer = ByteBuffer.allocate(Ends.TRAILER_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        trailer.put(new byte[] {0x2f, 0x09}).putLong(SYNC).put(new byte[] {0x10, 8, 0x20, 1, 0x35}).putInt(crc32);
        file.writeBytes(trailer.put(new byte[] {0x42, 0x1b}).put(body.array()).array());
    }

    private void checksum(int crc32) {
        byte[] bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(crc32).array();
        checksums.writeBytes(bytes);
    }

    private static int crc32(byte[] data) {
        CRC32 crc32 = new CRC32();
        crc32.update(data);
        return (int) crc32.getValue();
    }
}
