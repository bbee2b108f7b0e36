package io.datumpb;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.datumpb.errors.DamagedFileException;

/**
 * Zstandard, one frame and nothing behind it (section 4).
 *
 * <p>libzstd, called for a whole buffer, also takes several frames and skippable ones. So the headers of the frame and
 * of its blocks are walked first (RFC 8878, section 3.1.1): they tell what the frame announces, and where it ends.
 */
final class ZstdFrame {
    private static final int MAGIC = 0xFD2FB528;
    private static final int RLE_BLOCK = 1;

    private final byte[] data;
    private final Place place;
    private int position;

    private ZstdFrame(byte[] data, Place place) {
        this.data = data;
        this.place = place;
    }

    /**
     * Decompresses a frame.
     *
     * @param rawSize what it has to give, in bytes; no more is allocated
     */
    static byte[] decompress(byte[] frame, int rawSize, Place place) throws DamagedFileException {
        new ZstdFrame(frame, place).check(rawSize);
        byte[] body = new byte[rawSize];
        long size;
        try {
            size = Zstd.decompressByteArray(body, 0, rawSize, frame, 0, frame.length);
        } catch (ZstdException error) {
            throw place.damaged("the Zstandard frame is damaged", error);
        }
        if (Zstd.isError(size) || size != rawSize) {
            throw place.damaged("the Zstandard frame does not give " + rawSize + " bytes");
        }
        return body;
    }

    private void check(int rawSize) throws DamagedFileException {
        if ((int) littleEndian(4) != MAGIC) {
            throw place.damaged("not a Zstandard frame");
        }
        int descriptor = (int) littleEndian(1);
        boolean singleSegment = (descriptor & 0x20) != 0;
        boolean checksum = (descriptor & 0x04) != 0;
        if (!singleSegment) {
            littleEndian(1); // the window: libzstd needs none for a whole buffer
        }
        if (littleEndian(new int[] {0, 1, 2, 4}[descriptor & 3]) != 0) {
            throw place.damaged("the Zstandard frame needs a dictionary");
        }
        int sizeBytes = new int[] {singleSegment ? 1 : 0, 2, 4, 8}[descriptor >> 6];
        long contentSize = littleEndian(sizeBytes) + (sizeBytes == 2 ? 256 : 0);
        if (sizeBytes == 0 || contentSize != rawSize) {
            throw place.damaged("the Zstandard frame does not announce " + rawSize + " bytes");
        }
        boolean last = false;
        while (!last) {
            int header = (int) littleEndian(3);
            last = (header & 1) != 0;
            skip((header >> 1 & 3) == RLE_BLOCK ? 1 : header >> 3);
        }
        skip(checksum ? 4 : 0);
        if (position != data.length) {
            throw place.damaged("there are bytes behind the Zstandard frame");
        }
    }

    private long littleEndian(int size) throws DamagedFileException {
        int start = position;
        skip(size);
        long number = 0;
        for (int index = size - 1; index >= 0; index--) {
            number = number << 8 | data[start + index] & 0xFF;
        }
        return number;
    }

    private void skip(int size) throws DamagedFileException {
        if (size > data.length - position) {
            throw place.damaged("the Zstandard frame is cut off");
        }
        position += size;
    }
}
