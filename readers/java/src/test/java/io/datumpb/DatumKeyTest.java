package io.datumpb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.datumpb.errors.InvalidKeyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link DatumKey}: what is a key, and that it is never shown. */
class DatumKeyTest {
    private static final String TEXT = FormatDocument.KEY;

    @Test
    void textStandsForThirtyTwoBytes() throws InvalidKeyException {
        byte[] expected = new byte[32];
        for (int index = 0; index < expected.length; index++) {
            expected[index] = (byte) index;
        }
        assertArrayEquals(expected, DatumKey.parse(TEXT).bytes());
    }

    @Test
    void whatIsNoKeyIsRefusedAndNotShown() {
        String unusedBits = TEXT.substring(0, TEXT.length() - 2) + "9=";
        String otherAlphabet = TEXT.substring(0, 10) + "+" + TEXT.substring(11);
        String noPadding = TEXT.substring(0, TEXT.length() - 1);
        String otherPrefix = "DATUM-" + TEXT.substring(6);
        for (String text : new String[] {"", unusedBits, otherAlphabet, noPadding, noPadding + "A", otherPrefix}) {
            InvalidKeyException error = assertThrows(InvalidKeyException.class, () -> DatumKey.parse(text), text);
            assertFalse(error.getMessage().contains(TEXT.substring(12, 20)));
        }
    }

    @Test
    void keyFileMayHaveWhiteSpaceAroundTheKey(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("key.txt"), "\n" + TEXT + " \r\n");
        assertArrayEquals(DatumKey.parse(TEXT).bytes(), DatumKey.read(file).bytes());
    }

    @Test
    void keyDoesNotShowItself() throws InvalidKeyException {
        String shown = DatumKey.parse(TEXT).toString();
        assertFalse(shown.contains(Base64.getEncoder().encodeToString(DatumKey.parse(TEXT).bytes()).substring(0, 8)));
    }
}
