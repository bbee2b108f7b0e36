package io.datumpb.conformance;

import datumpb_schema.v1.AnnotationOuterClass.Annotation;
import datumpb_schema.v1.ItemOuterClass.Item;
import io.datumpb.DatumKey;
import io.datumpb.DatumReader;
import io.datumpb.Geometry;
import io.datumpb.MediaFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;

/** What the program does with a file. */
final class Modes {
    private static final long SPEED_NANOSECONDS = 2_000_000_000L;

    private final PrintStream out;
    private final Path file;
    private final DatumKey key;

    Modes(PrintStream out, Path file, DatumKey key) {
        this.out = out;
        this.file = file;
        this.key = key;
    }

    /** Runs a mode; returns the exit status, which is 1 where the reader contradicts itself. */
    int run(String mode, String mediaPath) throws IOException {
        switch (mode) {
            case "items" -> items();
            case "random" -> {
                return random();
            }
            case "verify" -> verify();
            case "media" -> media(mediaPath);
            case "speed" -> speed();
            default -> throw new IllegalArgumentException("unknown mode " + mode);
        }
        return 0;
    }

    private void items() throws IOException {
        try (DatumReader reader = DatumReader.open(file, key)) {
            out.println(JsonLines.meta(reader.meta()));
            for (Item item : reader) {
                out.println(JsonLines.item(item));
            }
            out.println(JsonLines.end(reader.count()));
        }
    }

    private int random() throws IOException {
        try (DatumReader reader = DatumReader.open(file, key)) {
            out.println(JsonLines.meta(reader.meta()));
            Deque<String> lines = new ArrayDeque<>();
            for (long index = reader.count() - 1; index >= 0; index--) {
                Item item = reader.item(index);
                if (!item.equals(reader.item(item.getId()))) {
                    out.println(JsonLines.error("Mismatch", "item " + index + " is another one by its id"));
                    return 1;
                }
                lines.addFirst(JsonLines.item(item));
            }
            lines.forEach(out::println);
            out.println(JsonLines.end(reader.count()));
        }
        return 0;
    }

    private void verify() throws IOException {
        try (DatumReader reader = DatumReader.open(file, key)) {
            reader.verify();
            out.println(JsonLines.end(reader.count()));
        }
    }

    private void media(String path) throws IOException {
        CheckedOutputStream checked = new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
        try (MediaFile media = MediaFile.open(file, key, path)) {
            media.copyTo(checked);
            out.println(JsonLines.media(media.size(), checked.getChecksum().getValue()));
        }
    }

    private void speed() throws IOException {
        long passes = 0;
        long start = System.nanoTime();
        long elapsed = 0;
        while (elapsed < SPEED_NANOSECONDS) {
            try (DatumReader reader = DatumReader.open(file, key)) {
                for (Item item : reader) {
                    for (Annotation annotation : item.getAnnotationsList()) {
                        Geometry.coordinates(annotation);
                    }
                }
            }
            passes++;
            elapsed = System.nanoTime() - start;
        }
        out.println(JsonLines.speed(passes * (Files.size(file) / 1e6) / (elapsed / 1e9)));
    }
}
