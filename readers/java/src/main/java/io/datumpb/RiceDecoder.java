package io.datumpb;

import com.google.protobuf.ByteString;
import io.datumpb.errors.DamagedFileException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Rice-coded differences (section 12). */
final class RiceDecoder {
    private static final int MAX_BITS = 54;
    private static final int MAX_COUNT = 1 << 22;

    private RiceDecoder() {}

    /** Returns how many numbers there are: the one bits of the quotients. */
    static long count(ByteString high) {
        long count = 0;
        for (int index = 0; index < high.size(); index++) {
            count += Integer.bitCount(high.byteAt(index) & 0xFF);
        }
        return count;
    }

    /**
     * Decodes differences.
     *
     * @param bits of each remainder
     * @param low the remainders
     * @param high the quotients, in unary
     */
    static long[] decode(int bits, ByteString low, ByteString high, Place place) throws DamagedFileException {
        long count = count(high);
        if (Integer.compareUnsigned(bits, MAX_BITS) > 0
                || count == 0
                || count > MAX_COUNT
                || low.size() != (count * bits + 7) / 8) {
            throw place.damaged("Rice-coded coordinates are malformed: " + count + " numbers, "
                    + Integer.toUnsignedString(bits) + " bits each, in " + low.size() + " bytes");
        }
        long[] differences = new long[(int) count];
        int found = 0;
        long zeros = 0;
        long mask = (1L << bits) - 1;
        // Padded, so that eight bytes can be read from every byte of it.
        ByteBuffer remainders = ByteBuffer.allocate(low.size() + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        low.copyTo(remainders);
        for (int index = 0; index < high.size(); index++) {
            int unary = high.byteAt(index) & 0xFF;
            int left = Byte.SIZE;
            while (unary != 0) {
                int run = Integer.numberOfTrailingZeros(unary);
                long quotient = zeros + run;
                if (quotient >> MAX_BITS + 1 - bits != 0) {
                    throw place.damaged("a Rice-coded coordinate is out of range");
                }
                long unsigned = quotient << bits | remainder(remainders, (long) found * bits, bits) & mask;
                differences[found++] = unsigned >>> 1 ^ -(unsigned & 1);
                zeros = 0;
                unary >>>= run + 1;
                left -= run + 1;
            }
            zeros += left;
        }
        return differences;
    }

    /** Returns at least so many bits from a position, the lowest first. */
    private static long remainder(ByteBuffer data, long position, int bits) {
        int start = (int) (position >>> 3);
        int shift = (int) (position & 7);
        // 54 bits and a shift of up to 7 fit 64 bits.
        return bits == 0 ? 0 : data.getLong(start) >>> shift;
    }
}
