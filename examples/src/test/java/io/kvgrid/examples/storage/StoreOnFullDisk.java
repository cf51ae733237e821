package io.kvgrid.examples.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.persistence.file.FilePersistence;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.testkit.RecordChain;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A program that fills its disk by a store, twice, with and without a restart, and looks for what was acknowledged. */
final class StoreOnFullDisk {
    private static final int BALLAST_BYTES = 1 << 19;
    private static final int GROUP = 10;

    private final Path disk;
    private FilePersistence store;
    private final RecordChain chain = new RecordChain(RecordId.NONE);
    private long acknowledged;
    private int refused;

    private StoreOnFullDisk(Path disk) {
        this.disk = disk;
        this.store = store();
    }

    /**
     * Runs it.
     *
     * @param args a directory on a small, empty disk
     */
    public static void main(String[] args) throws IOException {
        StoreOnFullDisk program = new StoreOnFullDisk(Path.of(args[0]));
        program.run();
        System.out.println(program.acknowledged + " records acknowledged, " + program.refused + " refused, none lost");
    }

    private void run() throws IOException {
        Path first = ballast("first");
        Path second = ballast("second");
        open(0);
        List<LogRecord> waiting = fill();
        assertThat(failureOf(store.saveMetadata(ByteBuffer.allocate(9))).isRetryable())
                .as("everything waits for the call that was refused")
                .isTrue();

        Files.delete(first);
        join(store.append(waiting));
        acknowledged += waiting.size();
        waiting = fill();
        store.close();

        store = store();
        open(GROUP); // on a full disk
        assertThat(failureOf(store.append(waiting)).isRetryable()).isTrue();
        Files.delete(second);
        join(store.append(waiting));
        acknowledged += waiting.size();
        join(store.saveMetadata(ByteBuffer.allocate(9)));
        store.close();

        store = store();
        open(0);
        store.close();
    }

    private FilePersistence store() {
        return FilePersistence.builder(disk.resolve("store"))
                .segmentBytes(1 << 16)
                .build();
    }

    private void open(int maxMore) {
        store.open();
        LastRecord found = new LastRecord();
        join(store.recover(found));
        assertThat(found.id().lsn())
                .as("recovered: all that was acknowledged, and perhaps a part of the call that was refused")
                .isBetween(acknowledged, acknowledged + maxMore);
    }

    /** Appends until a call is refused. Returns its records. */
    private List<LogRecord> fill() throws IOException {
        while (true) {
            List<LogRecord> records = chain.puts(GROUP);
            try {
                join(store.append(records));
                acknowledged += GROUP;
            } catch (PersistenceException e) {
                assertThat(e.isRetryable()).as("%s", e).isTrue();
                refused++;
                return records;
            }
        }
    }

    private Path ballast(String name) throws IOException {
        return Files.write(disk.resolve(name), new byte[BALLAST_BYTES]);
    }

    private static PersistenceException failureOf(CompletionStage<?> stage) {
        try {
            join(stage);
        } catch (PersistenceException e) {
            return e;
        }
        throw new AssertionError("succeeded on a full disk");
    }

    private static void join(CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof PersistenceException failure ? failure : e;
        }
    }
}
