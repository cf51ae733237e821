package io.kvgrid.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every example runs, ends by itself, and says what it should. */
@Timeout(180)
class ExamplesIT {
    @TempDir
    private Path home;

    @Test
    void quickStartRemembersItsRuns() throws Exception {
        assertThat(run(QuickStart.class, 0)).hasSize(1).first().asString().startsWith("run 1, on disk as version ");
        assertThat(run(QuickStart.class, 0)).hasSize(1).first().asString().startsWith("run 2, on disk as version ");
    }

    /** There the parts of kvgrid are found through {@code provides}, and core reads no package that is not opened to it. */
    @Test
    void quickStartRunsOnTheModulePath() throws Exception {
        try (Jvm jvm = Jvm.startOnModulePath(home, QuickStart.class)) {
            assertThat(jvm.rest()).as("output; errors: %s", jvm.errors()).hasSize(1);
            assertThat(jvm.exitCode()).isZero();
        }
    }

    @Test
    void embeddedServicesShareTheirFlags() throws Exception {
        List<String> output = run(EmbeddedInService.class, 0);

        assertThat(output)
                .contains("express-payment is enabled on a: true, on c: true", "and after c disabled it, on b: false")
                .anyMatch(line -> line.contains("a: PRIMARY, in sync [a, b, c]"))
                .anyMatch(line -> line.contains("c: SECONDARY"));
    }

    @Test
    void threeNodesLoseNothing() throws Exception {
        List<String> output = run(ThreeNodes.class, 0, "--characters", "20000");

        assertThat(output)
                .anyMatch(line -> line.contains("a secondary (SIGKILL)"))
                .anyMatch(line -> line.contains("the primary (SIGKILL)"))
                .anyMatch(line -> line.contains("is JOINING"));
        assertThat(lastOf(output))
                .matches(
                        "DEMO OK entries=20000 nodes=3 acknowledged=20000 lost=0 failovers=[1-9] max_write_gap_ms=\\d+");
        assertThatNothingIsLeft();
    }

    @Test
    void threeNodesNoticeASingleLostEntry() throws Exception {
        List<String> output = run(ThreeNodes.class, 1, "--characters", "10000", "--lose-one");

        assertThat(lastOf(output))
                .startsWith("DEMO FAILED entries=10000 nodes=3 acknowledged=10000 lost=1 ")
                .contains("U+004B");
        assertThatNothingIsLeft();
    }

    private List<String> run(Class<?> example, int exitCode, String... arguments) throws Exception {
        try (Jvm jvm = Jvm.start(home, example, arguments)) {
            List<String> output = jvm.rest();
            assertThat(jvm.exitCode())
                    .as("exit code after %s; on standard error: %s", output, jvm.errors())
                    .isEqualTo(exitCode);
            return output;
        }
    }

    private static String lastOf(List<String> lines) {
        return lines.get(lines.size() - 1);
    }

    private void assertThatNothingIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("tmp"))) {
            assertThat(files.filter(file -> !file.getFileName().toString().startsWith("hsperf")))
                    .isEmpty();
        }
    }
}
