import datumpb_schema.v1.AnnotationOuterClass.Annotation;
import datumpb_schema.v1.ItemOuterClass.Item;
import io.datumpb.DatumKey;
import io.datumpb.DatumReader;
import io.datumpb.Geometry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Prints the shapes of all items: {@code PrintItems FILE [KEY_FILE]}. */
public final class PrintItems {
    private PrintItems() {}

    /**
     * Runs the example.
     *
     * @param arguments file and key file
     * @throws IOException if the file is refused, or cannot be read
     */
    public static void main(String[] arguments) throws IOException {
        DatumKey key = arguments.length > 1 ? DatumKey.read(Path.of(arguments[1])) : null;
        try (DatumReader reader = DatumReader.open(Path.of(arguments[0]), key)) {
            System.out.println(reader.meta().getSubset() + ": " + reader.count() + " items");
            for (Item item : reader) {
                for (Annotation annotation : item.getAnnotationsList()) {
                    String numbers = Arrays.toString(Geometry.coordinates(annotation));
                    System.out.println(item.getId() + " " + annotation.getKindCase() + " " + numbers);
                }
            }
        }
    }
}
