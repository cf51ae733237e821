package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The layouts in {@code docs/log-format.md} are those that stand beside the code. */
class LogFormatPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern LAYOUT = Pattern.compile("```layout (\\w+)\n(.*?)```", Pattern.DOTALL);

    @Test
    void everyLayoutStandsInTheClassThatItNames() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/log-format.md"));
        List<MatchResult> layouts = LAYOUT.matcher(page).results().toList();

        assertThat(layouts).hasSize(7);
        for (MatchResult layout : layouts) {
            String documented = source(layout.group(1)).replaceAll("(?m)^ +\\* ?", "");
            assertThat(documented).contains(layout.group(2));
        }
    }

    private static String source(String className) throws IOException {
        try (Stream<Path> files = Stream.of("kvgrid-api", "kvgrid-persistence-file")
                .flatMap(module -> list(ROOT.resolve(module).resolve("src/main/java")))) {
            Path file = files.filter(path -> path.endsWith(className + ".java"))
                    .findFirst()
                    .orElseThrow();
            return Files.readString(file);
        }
    }

    private static Stream<Path> list(Path directory) {
        try {
            return Files.walk(directory);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
