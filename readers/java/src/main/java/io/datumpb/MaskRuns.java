package io.datumpb;

import com.google.protobuf.ByteString;
import datumpb_schema.v1.AnnotationOuterClass.Mask;
import io.datumpb.errors.DamagedFileException;
import java.util.Arrays;

/** Masks, from COCO's compressed run-length encoding (section 14). */
public final class MaskRuns {
    private static final int MAX_DIGITS = 8;
    private static final long MAX_AREA = 0xFFFF_FFFFL;

    private MaskRuns() {}

    /**
     * Returns the runs of a mask. Pixels are taken column by column, from the top; runs of 0 and of 1 take turns, the
     * first is of 0 and may be empty.
     *
     * @param mask the mask
     * @return the lengths of the runs in pixels, which add up to {@code height * width}
     * @throws DamagedFileException if the text is no such encoding, or of a mask of another size
     */
    public static long[] of(Mask mask) throws DamagedFileException {
        long height = Integer.toUnsignedLong(mask.getHeight());
        long width = Integer.toUnsignedLong(mask.getWidth());
        if (height != 0 && width > MAX_AREA / height) {
            throw Place.NOWHERE.damaged("a mask of " + height + " times " + width + " pixels is too large");
        }
        ByteString text = mask.getCounts();
        long[] runs = new long[text.size()];
        int count = 0;
        long area = 0;
        for (int position = 0; position < text.size(); ) {
            int size = numberSize(text, position);
            long number = number(text, position, size);
            position += size;
            long run = count > 2 ? number + runs[count - 2] : number;
            area += run;
            if (run < 0 || area > height * width) {
                throw malformed();
            }
            runs[count++] = run;
        }
        if (area != height * width) {
            throw malformed();
        }
        return Arrays.copyOf(runs, count);
    }

    private static int numberSize(ByteString text, int start) throws DamagedFileException {
        for (int digits = 1; digits <= MAX_DIGITS && start + digits <= text.size(); digits++) {
            int code = text.byteAt(start + digits - 1) - '0';
            if (code < 0 || code > 63) {
                throw malformed();
            }
            if ((code & 0x20) == 0) {
                return digits;
            }
        }
        throw malformed();
    }

    private static long number(ByteString text, int start, int digits) {
        long number = 0;
        for (int digit = 0; digit < digits; digit++) {
            number |= (text.byteAt(start + digit) - '0' & 0x1FL) << 5 * digit;
        }
        boolean negative = (text.byteAt(start + digits - 1) - '0' & 0x10) != 0;
        return negative ? number - (1L << 5 * digits) : number;
    }

    private static DamagedFileException malformed() {
        return Place.NOWHERE.damaged("the run lengths of a mask are malformed, or do not add up to its size");
    }
}
