package io.kvgrid.examples.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.persistence.file.FilePersistence;
import io.kvgrid.spi.persistence.StoreInUseException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A writing process is killed with SIGKILL again and again; whatever it acknowledged is found by the next one (S1, S7).
 * More rounds: {@code -Dkvgrid.kills=1000}.
 */
class KilledWriterTest {
    private static final int KILLS = Integer.getInteger("kvgrid.kills", 10);

    @TempDir
    Path directory;

    @Test
    void everyAcknowledgedRecordIsFoundAfterEachKill() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long acknowledged = 0;
        for (int round = 0; round < KILLS; round++) {
            Process writer = start();
            boolean killed = false;
            try (DataInputStream output = new DataInputStream(writer.getInputStream())) {
                long recovered = output.readLong();
                assertThat(recovered).as("round %d of seed %d", round, seed).isGreaterThanOrEqualTo(acknowledged);
                acknowledged = recovered;
                long until = recovered + 1 + random.nextInt(3_000);
                while (acknowledged < until) {
                    acknowledged = next(output, acknowledged);
                }
                killed = writer.toHandle().destroyForcibly(); // the process's own method would close its output
                while (true) { // what it had acknowledged before it died
                    acknowledged = next(output, acknowledged);
                }
            } catch (EOFException e) {
                assertThat(killed)
                        .as("round %d: the writer ended by itself", round)
                        .isTrue();
            } finally {
                writer.destroyForcibly().waitFor(); // until then it has the directory's lock
            }
        }

        LastRecord found = new LastRecord();
        try (FilePersistence store = FilePersistence.in(directory)) {
            store.open();
            store.recover(found).toCompletableFuture().join();
        }
        assertThat(found.id().lsn()).as("seed %d", seed).isGreaterThanOrEqualTo(acknowledged);
        System.out.println("INJECTED kills: " + KILLS + ", " + acknowledged + " records acknowledged, none lost");
    }

    @Test
    void directoryOfALivingProcessIsRefusedAndThatOfADeadOneIsNot() throws Exception {
        Process writer = start();
        try (DataInputStream output = new DataInputStream(writer.getInputStream())) {
            output.readLong();
            try (FilePersistence second = FilePersistence.in(directory)) {
                assertThatThrownBy(second::open)
                        .isInstanceOf(StoreInUseException.class)
                        .hasMessageContaining("process " + writer.pid())
                        .hasMessageContaining("stop that node");
            }
        } finally {
            writer.destroyForcibly().waitFor();
        }

        try (FilePersistence second = FilePersistence.in(directory)) {
            second.open();
        }
    }

    /** The highest acknowledged LSN after another one was read; two threads of the writer may have written them. */
    private static long next(DataInputStream output, long highest) throws IOException {
        return Math.max(highest, output.readLong());
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LogWriter.class.getName(),
                        directory.toString(),
                        Long.toString(1 << 17))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
