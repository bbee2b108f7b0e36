package io.datumpb.conformance;

import com.google.gson.Gson;
import io.datumpb.DatumKey;
import io.datumpb.errors.DatumException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The program of the conformance suite: {@code MODE FILE [--key-file KEY_FILE] [--path LOGICAL_PATH]}.
 *
 * <p>With {@code batch} alone it reads such arguments from standard input, a JSON list a line, and ends each answer
 * with its exit status: a virtual machine for every file would take minutes.
 */
public final class Conformance {
    private Conformance() {}

    /**
     * Runs the program; the exit status is 1 where the file was refused.
     *
     * @param arguments those of the command line
     * @throws IOException if a file cannot be read at all
     */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        int status = 0;
        if (arguments.length == 1 && arguments[0].equals("batch")) {
            batch(out);
        } else {
            status = run(arguments, out);
        }
        out.flush();
        System.exit(status);
    }

    private static void batch(PrintStream out) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            int status = run(new Gson().fromJson(line, String[].class), out);
            out.println("{\"status\": " + status + "}");
            out.flush();
        }
    }

    private static int run(String[] arguments, PrintStream out) throws IOException {
        Path keyFile = null;
        String mediaPath = "";
        for (int index = 2; index + 1 < arguments.length; index += 2) {
            switch (arguments[index]) {
                case "--key-file" -> keyFile = Path.of(arguments[index + 1]);
                case "--path" -> mediaPath = arguments[index + 1];
                default -> throw new IllegalArgumentException("unknown option " + arguments[index]);
            }
        }
        try {
            DatumKey key = keyFile == null ? null : DatumKey.read(keyFile);
            return new Modes(out, Path.of(arguments[1]), key).run(arguments[0], mediaPath);
        } catch (UncheckedIOException error) {
            return refused(error.getCause(), out);
        } catch (DatumException error) {
            return refused(error, out);
        }
    }

    private static int refused(IOException error, PrintStream out) throws IOException {
        if (!(error instanceof DatumException)) {
            throw error;
        }
        String kind = error.getClass().getSimpleName().replaceFirst("Exception$", "");
        out.println(JsonLines.error(kind, error.getMessage()));
        return 1;
    }
}
