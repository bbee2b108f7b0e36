package io.datumpb;

import datumpb_schema.v1.AnnotationOuterClass.Annotation;
import datumpb_schema.v1.CategoriesOuterClass.PointsCategory;
import datumpb_schema.v1.CoordinatesOuterClass.Coordinates;
import io.datumpb.errors.DamagedFileException;

/** The numbers of shapes, decoded: both encodings, and the table of strides and counts (section 12). */
public final class Geometry {
    private static final int BBOX = 4;
    private static final int CUBOID_3D = 9;
    private static final int ELLIPSE = 4;
    private static final int CUBOID_2D = 16;
    private static final int ROTATED_BBOX = 5;

    private Geometry() {}

    /**
     * Returns the numbers of an annotation's shape, one point behind the other.
     *
     * @param annotation the annotation
     * @return for a polyline, polygon or points x, y of each in pixels; for a box x, y, width, height; for a cuboid in
     *     space position, rotation (radians) and scale, three numbers each; for an ellipse x1, y1, x2, y2 of its box;
     *     for a cuboid in an image x, y of its eight corners; for a turned box x, y of its centre, width, height and
     *     angle in degrees; nothing for annotations of other kinds
     * @throws DamagedFileException if the message is not what the format allows
     */
    public static double[] coordinates(Annotation annotation) throws DamagedFileException {
        return switch (annotation.getKindCase()) {
            case POLY_LINE -> points(annotation.getPolyLine().getPoints());
            case POLYGON -> points(annotation.getPolygon().getPoints());
            case POINTS -> points(annotation.getPoints().getPoints());
            case BBOX -> decode(annotation.getBbox().getXywh(), BBOX, BBOX);
            case CUBOID_3D -> decode(annotation.getCuboid3D().getPositionRotationScale(), 3, CUBOID_3D);
            case ELLIPSE -> decode(annotation.getEllipse().getBox(), 2, ELLIPSE);
            case CUBOID_2D -> decode(annotation.getCuboid2D().getPoints(), 2, CUBOID_2D);
            case ROTATED_BBOX -> decode(annotation.getRotatedBbox().getCxcywhr(), ROTATED_BBOX, ROTATED_BBOX);
            default -> new double[0];
        };
    }

    /**
     * Returns where the keypoints of a label lie by default.
     *
     * @param category the label's keypoints
     * @return x, y of each point; nothing where the positions are not given
     * @throws DamagedFileException if the message is not what the format allows
     */
    public static double[] positions(PointsCategory category) throws DamagedFileException {
        return points(category.getPositions());
    }

    private static double[] points(Coordinates message) throws DamagedFileException {
        return decode(message, 2, CoordinateDecoder.ANY_COUNT);
    }

    private static double[] decode(Coordinates message, int stride, int count) throws DamagedFileException {
        return CoordinateDecoder.decode(message, stride, count, Place.NOWHERE);
    }
}
