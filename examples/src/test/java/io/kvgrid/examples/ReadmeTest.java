package io.kvgrid.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the README quotes is code that compiles and runs, and what it names exists. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadmeTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path SOURCES = Path.of("src/main/java/io/kvgrid/examples");
    private static final Pattern QUOTE =
            Pattern.compile("<!-- (\\S+\\.java): (.+?) -->\\n```java\\n(.*?)```", Pattern.DOTALL);

    private final String readme = read(ROOT.resolve("README.md"));

    record Quote(String file, String name, String code) {}

    Stream<Quote> quotes() {
        return QUOTE.matcher(readme).results().map(match -> new Quote(match.group(1), match.group(2), match.group(3)));
    }

    @ParameterizedTest
    @MethodSource("quotes")
    void quotedCodeIsTheExamplesCode(Quote quote) {
        Matcher region = Pattern.compile(
                        "// snippet: " + Pattern.quote(quote.name) + "\\n(.*?)\\n *// end", Pattern.DOTALL)
                .matcher(read(SOURCES.resolve(quote.file)));

        assertThat(region.find()).isTrue();
        assertThat(quote.code).isEqualTo(region.group(1).stripIndent() + "\n");
    }

    @Test
    void allJavaCodeIsQuoted() {
        long blocks = Pattern.compile("^```java$", Pattern.MULTILINE)
                .matcher(readme)
                .results()
                .count();

        assertThat(quotes()).hasSize((int) blocks).isNotEmpty();
    }

    @Test
    void exceptionsOfTheTablesExist() {
        List<String> named = Pattern.compile("`(\\w+Exception)`")
                .matcher(readme)
                .results()
                .map(match -> match.group(1))
                .distinct()
                .toList();

        assertThat(named)
                .hasSizeGreaterThan(10)
                .allSatisfy(name -> assertThat(packages()).anyMatch(prefix -> exists(prefix + name)));
    }

    private static List<String> packages() {
        return List.of("io.kvgrid.", "io.kvgrid.spi.serialization.", "java.lang.");
    }

    private static boolean exists(String type) {
        try {
            return Class.forName(type) != null;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    @Test
    void theTwoCommandsAreThere() {
        assertThat(readme).contains("bash examples/demo.sh ").contains("mvn -B verify ");
        assertThat(read(ROOT.resolve(".ci/run"))).contains("\nmvn -B verify ");
        assertThat(ROOT.resolve("examples/demo.sh")).exists();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
