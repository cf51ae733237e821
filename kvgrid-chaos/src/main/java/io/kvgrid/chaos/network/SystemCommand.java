package io.kvgrid.chaos.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs short commands of the system. */
final class SystemCommand {
    private static final int SECONDS = 10;

    private SystemCommand() {}

    /**
     * Runs {@code words} and gives what it wrote.
     *
     * @throws SystemCommandException if it fails, takes too long, or cannot be started
     */
    static String run(String... words) {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new SystemCommandException(String.join(" ", words) + ": takes too long");
            }
            if (process.exitValue() != 0) {
                throw new SystemCommandException(String.join(" ", words) + ": " + output);
            }
            return output;
        } catch (IOException | UncheckedIOException e) {
            throw new SystemCommandException(words[0] + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SystemCommandException(List.of(words) + ": interrupted");
        }
    }
}
