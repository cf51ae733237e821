package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An interrupt closes a {@code FileChannel} for everyone; here none ever meets one (S17). */
class InterruptTest {
    private static final int INTERRUPTS = 10_000;

    @TempDir
    Path directory;

    @Test
    void interruptsOfUserThreadsAndCallbacksLeaveTheStoreOpen() {
        List<LogRecord> records = new Chain().puts(INTERRUPTS, 20);
        Thread user = Thread.currentThread();
        try (FilePersistence store = FilePersistence.in(directory)) {
            user.interrupt();
            store.open();
            SimStore.get(store.recover(new Recovered()));
            List<CompletableFuture<Void>> stages = new ArrayList<>();
            for (LogRecord record : records) {
                user.interrupt();
                CompletableFuture<Void> stage = store.append(List.of(record)).toCompletableFuture();
                stages.add(stage.thenRun(() -> Thread.currentThread().interrupt())); // the log thread itself, mostly
            }
            stages.forEach(SimStore::get);
            user.interrupt();
        }

        assertThat(Thread.interrupted()).as("the caller's interrupt is kept").isTrue();
        Recovered found = new Recovered();
        try (FilePersistence store = FilePersistence.in(directory)) {
            store.open();
            SimStore.get(store.recover(found));
        }
        assertThat(found.records).isEqualTo(records);
        System.out.println("INJECTED interrupts: " + 2 * INTERRUPTS);
    }
}
