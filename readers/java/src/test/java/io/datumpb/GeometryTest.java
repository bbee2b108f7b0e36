package io.datumpb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import datumpb_schema.v1.AnnotationOuterClass.Annotation;
import datumpb_schema.v1.AnnotationOuterClass.Bbox;
import datumpb_schema.v1.AnnotationOuterClass.Mask;
import datumpb_schema.v1.AnnotationOuterClass.Polygon;
import datumpb_schema.v1.CoordinatesOuterClass.Coordinates;
import io.datumpb.errors.DamagedFileException;
import java.io.IOException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** {@link Geometry} and {@link MaskRuns}: the examples of sections 12 and 14, and refusals. */
class GeometryTest {
    @Test
    void integersOfTheDocument() throws IOException {
        double[] expected = {10.5, 20.25, 110.5, 20.25, 110.5, 71.0};
        assertExact(expected, polygon("08 02 12 0b b4 10 d2 1f a0 9c 01 00 00 a6 4f"));
    }

    @Test
    void riceCodesOfTheDocument() throws IOException {
        double[] expected = {12.5, 4.0, 14.0, 4.5, 15.5, 6.5, 15.0, 9.0, 12.0, 10.0, 10.5, 7.5};
        assertExact(expected, polygon("08 01 12 03 fa 01 50 28 05 32 07 5e 79 94 e4 a6 3d 02 3a 02 b7 2e"));
    }

    @Test
    void singlePrecisionOfTheDocument() throws IOException {
        double[] expected = {0.10000000149011612, 0.0010000000474974513, 0.3333333432674408, -0.0};
        assertExact(expected, polygon("1a 10 cd cc cc 3d 6f 12 83 3a ab aa aa 3e 00 00 00 80"));
    }

    @Test
    void doublePrecisionOfTheDocument() throws IOException {
        double[] expected = {0.30000000000000004, 0.0, 0.3333333333333333, 2.0};
        assertExact(expected, polygon("22 20 34 33 33 33 33 33 d3 3f 00 00 00 00 00 00 00 00 55 55 55 55 55 55 d5 3f"
                + "00 00 00 00 00 00 00 40"));
    }

    @Test
    void numbersThatDoNotFitTheTableAreRefused() {
        Annotation noNumbers = Annotation.newBuilder().setBbox(Bbox.newBuilder()).build();
        assertThrows(DamagedFileException.class, () -> Geometry.coordinates(noNumbers));
        assertThrows(DamagedFileException.class, () -> polygon("12 03 02 04 06"));
        assertThrows(DamagedFileException.class, () -> polygon("08 0d 12 02 02 04"));
        assertThrows(DamagedFileException.class, () -> polygon("12 02 02 04 1a 08 00 00 00 00 00 00 00 00"));
    }

    @Test
    void sumsStayWithinFiftyThreeBits() throws IOException {
        long most = 1L << 53;
        assertExact(new double[] {most, -most}, polygon(Coordinates.newBuilder().addDelta(most).addDelta(-most)));
        Coordinates.Builder beyond = Coordinates.newBuilder().addDelta(most + 1).addDelta(0);
        assertThrows(DamagedFileException.class, () -> polygon(beyond));
        Coordinates.Builder around =
                Coordinates.newBuilder().addDelta(most).addDelta(0).addDelta(Long.MAX_VALUE).addDelta(0);
        assertThrows(DamagedFileException.class, () -> polygon(around));
    }

    @Test
    void masksOfTheDocument() throws IOException {
        assertArrayEquals(new long[] {5, 2, 2, 2, 2, 2, 5}, runs("5220003", 4, 5));
        assertArrayEquals(new long[] {1020, 50, 50, 50, 3860, 1, 3969}, runs("lo0b1b10Rg3_N]3", 100, 90));
    }

    @Test
    void masksThatAreNoneAreRefused() {
        for (String counts : new String[] {"", "5", "52200031", "522000P", "5220003P", "52 0003", "O", "PPPPPPPP0"}) {
            assertThrows(DamagedFileException.class, () -> runs(counts, 4, 5), counts);
        }
        assertThrows(DamagedFileException.class, () -> runs("0", -1, -1));
    }

    private static void assertExact(double[] expected, double[] found) {
        assertEquals(expected.length, found.length);
        for (int index = 0; index < expected.length; index++) {
            assertEquals(Double.doubleToRawLongBits(expected[index]), Double.doubleToRawLongBits(found[index]));
        }
    }

    private static double[] polygon(String hex) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        return polygon(Coordinates.parseFrom(bytes).toBuilder());
    }

    private static double[] polygon(Coordinates.Builder points) throws IOException {
        return Geometry.coordinates(
                Annotation.newBuilder().setPolygon(Polygon.newBuilder().setPoints(points)).build());
    }

    private static long[] runs(String counts, int height, int width) throws IOException {
        return MaskRuns.of(Mask.newBuilder()
                .setHeight(height)
                .setWidth(width)
                .setCounts(ByteString.copyFromUtf8(counts))
                .build());
    }
}
