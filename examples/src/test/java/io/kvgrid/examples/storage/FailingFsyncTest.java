package io.kvgrid.examples.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The {@code fsync} of a real process fails at a chosen call, by a preloaded library: the store acknowledges nothing more
 * and never forces that file again (S2), and the next process finds all that was acknowledged (S1, S3). Skipped where
 * there is no C compiler, or no way to preload. More rounds: {@code -Dkvgrid.fsyncFailures=1000}.
 */
@Timeout(600)
class FailingFsyncTest {
    private static final int MORE = Integer.getInteger("kvgrid.fsyncFailures", 4);
    private static final long PROCESS_SECONDS = 60;

    @TempDir
    Path directory;

    private Path library = Path.of("");

    /** What was injected: how often each kind of file could not be forced. */
    private final Map<String, Integer> injected = new TreeMap<>();

    private long acknowledged;

    @BeforeEach
    void compile() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "a library is preloaded on Linux only");
        Path source = directory.resolve("failing_fsync.c");
        library = directory.resolve("failing_fsync.so");
        try (InputStream resource = FailingFsyncTest.class.getResourceAsStream("/native/failing_fsync.c")) {
            assertThat(resource).isNotNull();
            Files.write(source, resource.readAllBytes());
        }
        Process compiler;
        try {
            compiler = new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "there is no C compiler: " + e.getMessage());
            return;
        }
        String output = new String(compiler.getInputStream().readAllBytes(), UTF_8);
        assertThat(compiler.waitFor()).as(output).isZero();
    }

    /** A new store each time: the failure meets the making of its files. */
    @Test
    void forceThatFailsWhileAStoreIsMadeLosesNothing() throws Exception {
        for (long call : new long[] {1, 2, 4, 6, 9, 12}) {
            acknowledged = 0;
            round(directory.resolve("new" + call), call);
        }
        report();
    }

    /** The same store again and again: the failure meets its recovery, appends, segments and compactions. */
    @Test
    void forceThatFailsInARunningStoreEndsItAndLosesNothing() throws Exception {
        long[] calls = LongStream.concat(
                        LongStream.of(1, 2, 3, 5, 8, 13, 30, 100),
                        LongStream.range(0, MORE).map(i -> 50 + i * 7919 % 1_500))
                .toArray();
        for (long call : calls) {
            round(directory.resolve("store"), call);
        }
        report();
        assertThat(injected).as("what could not be forced").containsKeys("log", "meta");
    }

    /** One process, whose force fails at {@code call}. It must find what those before it have acknowledged. */
    private void round(Path store, long call) throws Exception {
        Path calls = directory.resolve("calls-" + store.getFileName() + "-" + call);
        Process writer = start(store, call, calls);
        try (DataInputStream output = new DataInputStream(writer.getInputStream())) {
            long recovered = output.readLong();
            assertThat(recovered).as("recovered, call %d", call).isGreaterThanOrEqualTo(acknowledged);
            acknowledged = recovered;
            while (true) {
                acknowledged = Math.max(acknowledged, output.readLong());
            }
        } catch (EOFException e) {
            assertThat(writer.waitFor(PROCESS_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(writer.exitValue())
                    .as("exit code of the process whose force %d failed", call)
                    .isIn(1, LogWriter.STORE_FAILED); // 1: it could not even be opened
        } finally {
            writer.destroyForcibly().waitFor();
        }

        List<String> forced = Files.readAllLines(calls);
        List<String> failures =
                forced.stream().filter(line -> line.startsWith("EIO ")).toList();
        assertThat(failures).as("injected at call %d", call).hasSize(1);
        String path = failures.get(0).substring(4);
        assertThat(forced.subList(forced.indexOf("EIO " + path) + 1, forced.size()))
                .as("forces behind the failed one, call %d", call)
                .doesNotContain("ok " + path);
        injected.merge(kind(Path.of(path), store), 1, Integer::sum);
        requireAllAcknowledged(store, call);
    }

    private void requireAllAcknowledged(Path store, long call) throws Exception {
        Process writer = start(store, 0, directory.resolve("unused"));
        try (DataInputStream output = new DataInputStream(writer.getInputStream())) {
            long recovered = output.readLong();
            assertThat(recovered).as("found after force %d failed", call).isGreaterThanOrEqualTo(acknowledged);
            acknowledged = recovered;
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    private static String kind(Path path, Path store) {
        String name = String.valueOf(path.getFileName()).replace(".tmp", "");
        return !path.startsWith(store) || path.equals(store) ? "directory" : name.substring(name.lastIndexOf('.') + 1);
    }

    private void report() {
        System.out.println("INJECTED failing fsyncs: " + injected + "; " + acknowledged
                + " records acknowledged in the last store, none lost");
    }

    private Process start(Path store, long failingCall, Path calls) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                LogWriter.class.getName(),
                store.toString(),
                Long.toString(1 << 17))));
        if (failingCall > 0) {
            builder.environment().put("LD_PRELOAD", library.toString());
            builder.environment().put("KVGRID_FSYNC_FAIL", Long.toString(failingCall));
            builder.environment().put("KVGRID_FSYNC_LOG", calls.toString());
        }
        return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }
}
