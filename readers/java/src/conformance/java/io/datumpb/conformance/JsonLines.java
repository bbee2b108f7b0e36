package io.datumpb.conformance;

import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import datumpb_schema.v1.AnnotationOuterClass.Annotation;
import datumpb_schema.v1.ItemOuterClass.Item;
import datumpb_schema.v1.MetaOuterClass.Meta;
import io.datumpb.Geometry;
import io.datumpb.errors.DamagedFileException;

/** The lines that the program prints, each a JSON document. */
final class JsonLines {
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().omittingInsignificantWhitespace();

    private JsonLines() {}

    static String meta(Meta meta) throws InvalidProtocolBufferException {
        return "{\"meta\": " + PRINTER.print(meta) + "}";
    }

    static String item(Item item) throws InvalidProtocolBufferException, DamagedFileException {
        StringBuilder lists = new StringBuilder();
        for (Annotation annotation : item.getAnnotationsList()) {
            double[] numbers = Geometry.coordinates(annotation);
            if (numbers.length > 0) { // Empty lists do not count.
                lists.append(lists.isEmpty() ? "" : ", ").append(list(numbers));
            }
        }
        return "{\"item\": " + PRINTER.print(item) + ", \"coordinates\": [" + lists + "]}";
    }

    static String end(long count) {
        return "{\"end\": " + count + "}";
    }

    static String media(long size, long crc32) {
        return "{\"media\": {\"size\": " + size + ", \"crc32\": " + crc32 + "}}";
    }

    static String speed(double megabytesPerSecond) {
        return "{\"megabytes_per_second\": " + megabytesPerSecond + "}";
    }

    static String error(String kind, String message) {
        JsonObject line = new JsonObject();
        line.addProperty("error", kind);
        line.addProperty("message", message);
        return line.toString();
    }

    private static String list(double[] numbers) {
        StringBuilder list = new StringBuilder("[");
        for (double number : numbers) {
            list.append(list.length() == 1 ? "" : ", ");
            list.append(Double.isFinite(number) ? Double.toString(number) : "\"" + number + "\"");
        }
        return list.append("]").toString();
    }
}
