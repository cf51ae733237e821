package io.kvgrid.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Publication between the loop's thread and readers, with real threads. */
class StoreStressTest {
    private static final int ROUNDS = 200_000;

    private final GridStore store = new GridStore(new KeyHash(1, 2));
    private final DirtyKeys dirty = new DirtyKeys(store);
    private final TestLog log = new TestLog();
    private final StoreKey key = store.key(1, TestLog.bytes("k"));
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private volatile long committed;
    private volatile boolean done;

    @AfterEach
    void stop() {
        done = true;
        threads.shutdownNow();
    }

    @Test
    void noReaderGoesBack() throws Exception {
        Future<Long> readers = watch(() -> {
            StoredEntry entry = store.get(key);
            return entry == null ? 0 : entry.version();
        });
        Future<Long> applied = watch(store::appliedLsn);

        for (int i = 0; i < ROUNDS; i++) {
            store.apply(log.put("k", "v" + i));
            if (i % 1_000 == 0) { // a received state takes the place of the present one
                GridStore.Replacement same = store.replacement();
                List<SnapshotEntry> all = new ArrayList<>();
                store.scan().forEachRemaining(all::add);
                all.forEach(same::add);
                store.replaceBy(same, store.appliedLsn());
            }
        }
        done = true;

        assertThat(readers.get(10, TimeUnit.SECONDS)).isEqualTo(ROUNDS);
        assertThat(applied.get(10, TimeUnit.SECONDS)).isEqualTo(ROUNDS);
    }

    @Test
    void whoSeesNoMarkSeesEveryWriteCommittedBefore() throws Exception {
        Future<Long> reader = watch(() -> {
            long before = committed; // acknowledged: a read that begins now must see it
            if (dirty.lsn(key) != 0) {
                return before;
            }
            StoredEntry entry = store.get(key);
            long version = entry == null ? 0 : entry.version();
            if (version < before) {
                throw new AssertionError("clean, committed " + before + ", but saw " + version);
            }
            return version;
        });

        for (int i = 0; i < ROUNDS; i++) {
            LogRecord record = log.put("k", "v");
            dirty.mark(List.of(record));
            committed = record.lsn(); // another node may acknowledge as soon as this one has it
            store.apply(record);
            dirty.clear(record.lsn());
        }
        done = true;

        assertThat(reader.get(10, TimeUnit.SECONDS)).isEqualTo(ROUNDS);
    }

    /** Reads until the writer is done, and once more; fails if a value is below the one before. */
    private Future<Long> watch(LongSupplier read) {
        return threads.submit(() -> {
            long last = 0;
            boolean finished;
            do {
                finished = done;
                long now = read.getAsLong();
                if (now < last) {
                    throw new AssertionError("saw " + now + " after " + last);
                }
                last = now;
            } while (!finished);
            return last;
        });
    }
}
