package io.datumpb;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The examples of docs/FORMAT.md. Tests run in the folder of the reader. */
final class FormatDocument {
    /** The key of the vector in section 10. */
    static final String KEY = "datum-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    /** The path in the META of the vector in section 10. */
    static final String MEDIA_PATH = "images/train/one.jpg";

    private static final Path DOCUMENT = Path.of("../../docs/FORMAT.md");

    private FormatDocument() {}

    /** Returns the file of section 18. */
    static byte[] plainFile() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        Matcher line = Pattern.compile("(?m)^[0-9a-f]{4}  ((?:[0-9a-f]{2} ?)+)(?:  |$)").matcher(example("plain"));
        while (line.find()) {
            file.writeBytes(hex(line.group(1)));
        }
        return file.toByteArray();
    }

    /** Returns a part of the vector in section 10, such as {@code record_key}. */
    static byte[] sealed(String part) throws IOException {
        Matcher lines = Pattern.compile("(?m)^" + part + ":\n((?:  [0-9a-f]+\n)+)").matcher(example("sealed") + "\n");
        if (!lines.find()) {
            throw new IllegalArgumentException("the vector has no " + part);
        }
        return hex(lines.group(1));
    }

    private static String example(String name) throws IOException {
        Matcher example = Pattern.compile("<!-- example: " + name + " -->\n```text\n(.*?\n)```", Pattern.DOTALL)
                .matcher(Files.readString(DOCUMENT));
        if (!example.find()) {
            throw new IllegalArgumentException("there is no example " + name);
        }
        return example.group(1);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }
}
