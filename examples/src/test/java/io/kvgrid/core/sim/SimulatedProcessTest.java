package io.kvgrid.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** P37: nothing in a run depends on its JVM, such as identity hashes or the order of {@code Set.of}. */
class SimulatedProcessTest {
    private static final long SEED = 4;

    @Test
    void sameSeedGivesTheSameTraceInAnotherJvm() throws IOException, InterruptedException {
        String here = String.format(
                Locale.ROOT, "trace hash %016x", Simulation.run(SEED).traceHash());

        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Campaign.class.getName(),
                        Long.toString(SEED))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            String output = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(output).contains(here);
            assertThat(other.exitValue()).isZero();
        } finally {
            other.destroyForcibly();
        }
    }
}
