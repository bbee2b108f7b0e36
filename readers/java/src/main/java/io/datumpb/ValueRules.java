package io.datumpb;

import com.google.protobuf.ByteString;
import datumpb_schema.v1.ValueOuterClass.Attribute;
import datumpb_schema.v1.ValueOuterClass.Value;
import io.datumpb.errors.DamagedFileException;
import io.datumpb.errors.DatumFileException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What free-form values have to be (section 13). */
final class ValueRules {
    private static final int MAX_DEPTH = 30;
    private static final int MIN_BIG_INT_SIZE = 9;

    private ValueRules() {}

    /** Checks attributes, infos, or the entries of a map. */
    static void check(List<Attribute> attributes, Place place) throws DatumFileException {
        check(attributes, place, 0);
    }

    /** Checks one value. */
    static void check(Value value, Place place) throws DatumFileException {
        check(value, place, 0);
    }

    private static void check(List<Attribute> attributes, Place place, int depth) throws DatumFileException {
        Set<String> keys = new HashSet<>();
        for (Attribute attribute : attributes) {
            if (!keys.add(attribute.getKey())) {
                throw place.damaged(
                        "the key '" + attribute.getKey() + "' stands twice in a map or among attributes");
            }
            check(attribute.getValue(), place, depth);
        }
    }

    private static void check(Value value, Place place, int depth) throws DatumFileException {
        switch (value.getKindCase()) {
            case KIND_NOT_SET -> throw place.unsupported("a value is of a kind that this reader does not know");
            case BIG_INT_VALUE -> checkBigInt(value.getBigIntValue(), place);
            case LIST_VALUE -> {
                checkDepth(depth, place);
                for (Value element : value.getListValue().getValuesList()) {
                    check(element, place, depth + 1);
                }
            }
            case MAP_VALUE -> {
                checkDepth(depth, place);
                check(value.getMapValue().getEntriesList(), place, depth + 1);
            }
            default -> {
                // Any bool, integer, double, text and bytes is all right.
            }
        }
    }

    private static void checkDepth(int depth, Place place) throws DamagedFileException {
        if (depth >= MAX_DEPTH) {
            throw place.damaged("values nest more than " + MAX_DEPTH + " lists or maps deep");
        }
    }

    private static void checkBigInt(ByteString data, Place place) throws DamagedFileException {
        // A first byte that only repeats the sign bit of the next one could be left out.
        if (data.size() < MIN_BIG_INT_SIZE || data.byteAt(0) == data.byteAt(1) >> 7) {
            throw place.damaged("a big integer is not written in the fewest bytes");
        }
    }
}
