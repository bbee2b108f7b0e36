package io.datumpb;

import datumpb_schema.v1.AnnotationOuterClass.Annotation;
import datumpb_schema.v1.AnnotationOuterClass.AnnotationType;
import datumpb_schema.v1.Container.LabelCount;
import datumpb_schema.v1.Container.Statistics;
import datumpb_schema.v1.Container.TypeCount;
import datumpb_schema.v1.ItemOuterClass.Item;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts annotations by type and label, to compare with what FOOTER says (section 8). */
final class StatisticsCount {
    /** How many are there of one type or label. */
    private record Count(int number, long count) {}

    private final SortedMap<Integer, Long> types = new TreeMap<>();
    private final SortedMap<Integer, Long> labels = new TreeMap<>(Integer::compareUnsigned);
    private long annotations;
    private long unlabelled;

    void add(Item item) {
        for (Annotation annotation : item.getAnnotationsList()) {
            annotations++;
            types.merge(annotation.getKindCase().getNumber(), 1L, Long::sum);
            if (annotation.hasLabelIndex()) {
                labels.merge(annotation.getLabelIndex(), 1L, Long::sum);
            } else {
                unlabelled++;
            }
        }
    }

    /** Tells whether the statistics are those of the items. */
    boolean equalTo(Statistics statistics) {
        return statistics.getAnnotationCount() == annotations
                && statistics.getUnlabelledCount() == unlabelled
                && sameTypes(statistics.getTypesList())
                && statistics.getLabelsList().stream().map(StatisticsCount::count).toList().equals(counts(labels));
    }

    private boolean sameTypes(List<TypeCount> theirs) {
        if (!types.containsKey(AnnotationType.ANNOTATION_TYPE_UNSPECIFIED_VALUE)) {
            return theirs.stream().map(StatisticsCount::count).toList().equals(counts(types));
        }
        // Some are of a type that only a later version knows: its writer knew the number.
        List<Count> known = counts(types);
        known.removeIf(count -> count.number == AnnotationType.ANNOTATION_TYPE_UNSPECIFIED_VALUE);
        return theirs.stream()
                .filter(entry -> entry.getType() != AnnotationType.UNRECOGNIZED)
                .filter(entry -> entry.getType() != AnnotationType.ANNOTATION_TYPE_UNSPECIFIED)
                .map(StatisticsCount::count)
                .toList()
                .equals(known);
    }

    private static Count count(TypeCount entry) {
        return new Count(entry.getTypeValue(), entry.getCount());
    }

    private static Count count(LabelCount entry) {
        return new Count(entry.getLabelIndex(), entry.getCount());
    }

    private static List<Count> counts(SortedMap<Integer, Long> numbers) {
        return numbers.entrySet().stream()
                .map(entry -> new Count(entry.getKey(), entry.getValue()))
                .collect(Collectors.toList());
    }
}
