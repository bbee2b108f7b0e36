package io.datumpb;

import com.google.protobuf.ByteString;
import datumpb_schema.v1.CoordinatesOuterClass.Coordinates;
import io.datumpb.errors.DamagedFileException;

/** The numbers of a {@code Coordinates} message (section 12). */
final class CoordinateDecoder {
    /** Any multiple of the stride. */
    static final int ANY_COUNT = -1;

    private static final double[] SCALES = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
    private static final long MAX_SUM = 1L << 53;

    private CoordinateDecoder() {}

    /** Returns how many numbers a message seems to have; only {@link #decode} tells whether it is all right. */
    static long count(Coordinates message) {
        return (long) message.getDeltaCount()
                + RiceDecoder.count(message.getRiceHigh())
                + message.getF32Count()
                + message.getF64Count();
    }

    /**
     * Decodes a message.
     *
     * @param count how many numbers there have to be, or {@link #ANY_COUNT}
     */
    static double[] decode(Coordinates message, int stride, int count, Place place) throws DamagedFileException {
        ByteString riceHigh = message.getRiceHigh();
        boolean integers = message.getDeltaCount() > 0 || !riceHigh.isEmpty();
        boolean single = message.getF32Count() > 0;
        if (integers && (single || message.getF64Count() > 0) || single && message.getF64Count() > 0) {
            throw place.damaged("coordinates are written in two ways at once");
        }
        long[] rice = riceHigh.isEmpty()
                ? new long[0]
                : RiceDecoder.decode(message.getRiceBits(), message.getRiceLow(), riceHigh, place);
        long found = (long) message.getDeltaCount() + rice.length + message.getF32Count() + message.getF64Count();
        if (found % stride != 0 || count != ANY_COUNT && found != count) {
            throw place.damaged(found + " coordinates found, but "
                    + (count == ANY_COUNT ? "a multiple of " + stride : count) + " expected");
        }
        double[] numbers = new double[Math.toIntExact(found)];
        if (integers) {
            decodeIntegers(message, rice, stride, numbers, place);
        } else if (single) {
            for (int index = 0; index < numbers.length; index++) {
                numbers[index] = message.getF32(index);
            }
        } else {
            for (int index = 0; index < numbers.length; index++) {
                numbers[index] = message.getF64(index);
            }
        }
        return numbers;
    }

    private static void decodeIntegers(Coordinates message, long[] rice, int stride, double[] numbers, Place place)
            throws DamagedFileException {
        if (Integer.compareUnsigned(message.getDecimals(), SCALES.length) >= 0) {
            throw place.damaged("coordinates have " + Integer.toUnsignedString(message.getDecimals())
                    + " decimals, but at most " + (SCALES.length - 1) + " are allowed");
        }
        double scale = SCALES[message.getDecimals()];
        int deltaCount = message.getDeltaCount();
        long[] sums = new long[stride]; // of the point before
        for (int index = 0, axis = 0; index < numbers.length; index++) {
            long difference = index < deltaCount ? message.getDelta(index) : rice[index - deltaCount];
            // The sum before lies within 2^53, so one that wraps around lies beyond.
            long sum = sums[axis] + difference;
            if (sum > MAX_SUM || sum < -MAX_SUM) {
                throw place.damaged("coordinates have a running sum beyond 2^53");
            }
            sums[axis] = sum;
            numbers[index] = sum / scale;
            axis = axis + 1 == stride ? 0 : axis + 1;
        }
    }
}
