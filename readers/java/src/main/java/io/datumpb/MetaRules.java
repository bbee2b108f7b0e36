package io.datumpb;

import datumpb_schema.v1.CategoriesOuterClass.Categories;
import datumpb_schema.v1.CategoriesOuterClass.LabelCategory;
import datumpb_schema.v1.CategoriesOuterClass.LabelColor;
import datumpb_schema.v1.CategoriesOuterClass.PointsCategory;
import datumpb_schema.v1.CategoriesOuterClass.TabularCategory;
import datumpb_schema.v1.MetaOuterClass.Meta;
import datumpb_schema.v1.ValueOuterClass.Value;
import io.datumpb.errors.DatumFileException;
import java.util.HashSet;
import java.util.Set;

/** What META has to be (sections 7 and 11). */
final class MetaRules {
    private static final int MAX_COLOR = 255;

    private MetaRules() {}

    static void check(Meta meta, Place filePlace) throws DatumFileException {
        Place place = filePlace.within("META");
        if (meta.getSubset().isEmpty()) {
            throw place.damaged("the subset has no name");
        }
        ValueRules.check(meta.getInfosList(), place);
        checkCategories(meta.getCategories(), place);
    }

    private static void checkCategories(Categories categories, Place place) throws DatumFileException {
        for (LabelCategory label : categories.getLabels().getLabelsList()) {
            ValueRules.check(label.getInfosList(), place);
        }
        Set<Integer> coloured = new HashSet<>();
        for (LabelColor color : categories.getMasks().getColorsList()) {
            if (!isByte(color.getRed()) || !isByte(color.getGreen()) || !isByte(color.getBlue())) {
                throw place.damaged("a colour is beyond " + MAX_COLOR);
            }
            checkOnce(coloured, color.getLabel(), "colour", place);
        }
        Set<Integer> pointed = new HashSet<>();
        for (PointsCategory category : categories.getPoints().getItemsList()) {
            checkOnce(pointed, category.getLabel(), "keypoints", place);
            CoordinateDecoder.decode(category.getPositions(), 2, CoordinateDecoder.ANY_COUNT, place);
        }
        for (TabularCategory column : categories.getTabular().getItemsList()) {
            for (Value value : column.getLabelsList()) {
                ValueRules.check(value, place);
            }
        }
    }

    private static void checkOnce(Set<Integer> seen, int label, String what, Place place) throws DatumFileException {
        if (!seen.add(label)) {
            throw place.damaged("label " + Integer.toUnsignedString(label) + " has " + what + " twice");
        }
    }

    private static boolean isByte(int number) {
        return 0 <= number && number <= MAX_COLOR;
    }
}
