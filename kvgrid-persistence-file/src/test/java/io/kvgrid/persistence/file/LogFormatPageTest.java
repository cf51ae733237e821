package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The layouts in {@code docs/log-format.md} are those that stand beside the code. */
class LogFormatPageTest {
    private static final Pattern LAYOUT = Pattern.compile("```layout (\\w+)\n(.*?)```", Pattern.DOTALL);

    @Test
    void everyLayoutStandsInTheClassThatItNames() throws IOException {
        String page = Files.readString(Path.of("../docs/log-format.md"));
        List<MatchResult> layouts = LAYOUT.matcher(page).results().toList();

        assertThat(layouts).hasSize(7);
        for (MatchResult layout : layouts) {
            String documented = source(layout.group(1)).replaceAll("(?m)^ +\\* ?", "");
            assertThat(documented).contains(layout.group(2));
        }
    }

    private static String source(String className) throws IOException {
        String inModule = "src/main/java/io/kvgrid/persistence/file/" + className + ".java";
        String inApi = "../kvgrid-api/src/main/java/io/kvgrid/spi/persistence/" + className + ".java";
        Path file = Path.of(inModule);
        return Files.readString(Files.exists(file) ? file : Path.of(inApi));
    }
}
