package io.datumpb;

import datumpb_schema.v1.AnnotationOuterClass.Annotation;
import datumpb_schema.v1.AnnotationOuterClass.FeatureVector;
import datumpb_schema.v1.AnnotationOuterClass.Points;
import datumpb_schema.v1.ItemOuterClass.Item;
import datumpb_schema.v1.MediaOuterClass.Media;
import datumpb_schema.v1.MediaOuterClass.Video;
import io.datumpb.errors.DatumFileException;

/**
 * What an item has to be (section 11), numbers and masks aside: those are checked where they are decoded, by
 * {@link Geometry} and {@link MaskRuns}.
 */
final class ItemRules {
    private static final int MAX_VISIBILITY = 255;

    private ItemRules() {}

    static void check(Item item, Place blockPlace) throws DatumFileException {
        if (item.getId().isEmpty()) {
            throw blockPlace.damaged("an item has no id");
        }
        Place place = blockPlace.within("item '" + item.getId() + "'");
        checkMedia(item.getMedia(), place);
        ValueRules.check(item.getAttributesList(), place);
        for (Annotation annotation : item.getAnnotationsList()) {
            checkAnnotation(annotation, place);
        }
    }

    private static void checkMedia(Media media, Place place) throws DatumFileException {
        Video video = media.hasVideoFrame() ? media.getVideoFrame().getVideo() : media.getVideo();
        if (video.hasStep() && video.getStep() == 0) {
            throw place.damaged("a video has step 0");
        }
    }

    private static void checkAnnotation(Annotation annotation, Place place) throws DatumFileException {
        if (annotation.getKindCase() == Annotation.KindCase.KIND_NOT_SET) {
            return; // A later version wrote it, and nothing can be said about it.
        }
        ValueRules.check(annotation.getAttributesList(), place);
        switch (annotation.getKindCase()) {
            case POINTS -> checkVisibility(annotation.getPoints(), place);
            case FEATURE_VECTOR -> checkVector(annotation.getFeatureVector(), place);
            case TABULAR -> ValueRules.check(annotation.getTabular().getValuesList(), place);
            default -> {
                // Nothing to check but numbers and masks.
            }
        }
    }

    private static void checkVisibility(Points points, Place place) throws DatumFileException {
        int count = points.getVisibilityCount();
        if (count != 0 && 2L * count != CoordinateDecoder.count(points.getPoints())) {
            throw place.damaged("visibility has to be empty, or a number for each point");
        }
        for (int index = 0; index < count; index++) {
            if (Integer.compareUnsigned(points.getVisibility(index), MAX_VISIBILITY) > 0) {
                throw place.damaged("visibility has to be from 0 to " + MAX_VISIBILITY);
            }
        }
    }

    private static void checkVector(FeatureVector vector, Place place) throws DatumFileException {
        if (vector.getF32Count() > 0 && vector.getF64Count() > 0) {
            throw place.damaged("a feature vector is written in two ways at once");
        }
    }
}
