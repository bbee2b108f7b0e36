package io.datumpb;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** README.md: its example is that in examples/, which the build compiles. */
class ReadmeTest {
    @Test
    void exampleIsTheOneThatIsCompiled() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme);
        assertTrue(block.find());
        String program = Files.readString(Path.of("examples/PrintItems.java"));
        assertTrue(program.contains(block.group(1).stripTrailing().indent(8).stripTrailing()), block.group(1));
    }
}
