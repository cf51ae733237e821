package io.kvgrid.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.EntryStore;
import io.kvgrid.spi.persistence.EntryStoreAdapter;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the adapter does with its rows, beyond what every persistence promises. */
class EntryStoreAdapterRowsTest {
    private static final byte METADATA = 1;
    private static final byte COMMITTED = 3;
    private static final byte TAIL = 4;

    private ReferenceEntryStore table = new ReferenceEntryStore();
    private final StoreModel model = new StoreModel();
    private final RecordChain chain = new RecordChain(RecordId.NONE);

    /** S6, S7: a row that cannot be trusted is named, and nothing is served. */
    @Test
    void anyDamagedByteIsFound() {
        fill();
        Map<Byte, Integer> seen = new HashMap<>();
        for (Map.Entry<ByteBuffer, byte[]> row : table.rows().entrySet()) {
            if (seen.merge(row.getKey().get(0), 1, Integer::sum) > 3) {
                continue; // three of a type are enough
            }
            for (int at = 0; at < row.getValue().length; at++) {
                byte[] damaged = row.getValue().clone();
                damaged[at] ^= 0x10;

                assertCorrupt(row.getKey(), damaged);
            }
            assertCorrupt(row.getKey(), new byte[0]);
        }
        assertThat(seen).as("rows of each type").hasSize(6);
    }

    @Test
    void missingTailRowIsFound() {
        fill();
        for (ByteBuffer key : table.rows().keySet()) {
            if (key.get(0) == TAIL && key.getLong(1) <= model.committed()) {
                assertCorrupt(key, null); // the last of them, too: it was committed
            }
        }
    }

    @Test
    void rowUnderAnotherKeyIsFound() {
        fill();
        List<ByteBuffer> entries = table.rows().keySet().stream()
                .filter(key -> key.get(0) == 5)
                .limit(2)
                .toList();

        assertCorrupt(entries.get(0), table.rows().get(entries.get(1)));
    }

    @Test
    void tableOfSomeoneElseIsRefused() {
        table.tamper(UTF_8.encode("a row of theirs"), new byte[] {1});

        assertThatExceptionOfType(CorruptLogException.class).isThrownBy(() -> new EntryStoreAdapter(table).open());
    }

    @Test
    void damageThatSparesTheMetadataLeavesTheNodeItsName() { // P18: it can still say who is damaged
        fill();
        table.tamper(key(COMMITTED), new byte[3]);
        Persistence persistence = new EntryStoreAdapter(table.reopened());

        assertThat(persistence.open()).contains(UTF_8.encode("metadata"));
        assertThat(Stages.failureOf(persistence.recover(new RecoveredStore()))).isInstanceOf(CorruptLogException.class);
        assertThat(Stages.failureOf(persistence.saveMetadata(UTF_8.encode("m"))))
                .isInstanceOf(CorruptLogException.class);
        persistence.close();
    }

    @Test
    void rowsOfAnUnfinishedInstallationAreRemovedByRecovery() {
        Persistence persistence = open();
        append(persistence, 3);
        SnapshotInstallation installation = persistence.installSnapshot();
        Stages.join(installation.add(PersistenceSnapshotContract.snapshot(2_500, 40_000)));
        int unfinished = table.size();
        persistence.close();

        open().close();

        assertThat(unfinished).isGreaterThan(3_000);
        assertThat(table.size()).isEqualTo(4); // format and three records
    }

    @Test
    void rowsOfTheFormerGenerationAreRemovedAfterTheSwitch() {
        Persistence persistence = open();
        PersistenceSnapshotContract.install(
                persistence, model, new RecordId(1, 9, 9), PersistenceSnapshotContract.snapshot(2_500, 40_000));
        PersistenceSnapshotContract.install(
                persistence, model, new RecordId(2, 10, 10), PersistenceSnapshotContract.snapshot(1, 40_000));

        long deadline = System.nanoTime() + 10_000_000_000L;
        do {
            Stages.join(persistence.saveMetadata(UTF_8.encode("calls go first")));
        } while (table.size() > 6 && System.nanoTime() < deadline);

        assertThat(table.size()).isEqualTo(6); // format, metadata, base, committed, two entries
        persistence.close();
    }

    @Test
    void callsThatWaitAreWrittenAsOneBatch() {
        AtomicInteger writes = new AtomicInteger();
        Persistence persistence = new EntryStoreAdapter(counting(writes));
        persistence.open();
        PersistenceSubject.recover(persistence);
        PersistenceSubject.HeldWrites held = table.hold();
        List<CompletionStage<Void>> stages = new ArrayList<>();
        stages.add(persistence.append(chain.puts(1)));
        held.awaitBlocked();
        for (int i = 0; i < 100; i++) {
            stages.add(persistence.append(chain.puts(1)));
        }
        held.release();
        stages.forEach(Stages::join);

        assertThat(writes).hasValue(2);
        persistence.close();
    }

    @Test
    void commitWaitsForCompanyAndIsWrittenAtTheLatestByClose() {
        AtomicInteger writes = new AtomicInteger();
        Persistence persistence = new EntryStoreAdapter(counting(writes));
        persistence.open();
        PersistenceSubject.recover(persistence);
        append(persistence, 5);
        persistence.committed(5, () -> StoreModel.stateAt(5));
        model.committed(5);
        assertThat(writes).hasValue(1);

        persistence.close();

        assertThat(writes).hasValue(2);
        table = table.reopened();
        Persistence next = new EntryStoreAdapter(table);
        next.open();
        assertThat(PersistenceSubject.recover(next).committed()).isEqualTo(5);
        next.close();
    }

    /** P43. */
    @Test
    void errorOfTheStoreEndsIt() {
        Persistence persistence = open();
        AssertionError error = new AssertionError("injected");
        Persistence failing = new EntryStoreAdapter(new EntryStore() {
            @Override
            public void write(List<Change> batch) {
                throw error;
            }

            @Override
            public void scan(BiConsumer<byte[], byte[]> rows) {}

            @Override
            public void close() {}
        });
        failing.open();
        PersistenceSubject.recover(failing);

        for (int i = 0; i < 2; i++) {
            assertThat(Stages.failureOf(failing.append(new RecordChain(RecordId.NONE).puts(1))))
                    .isInstanceOfSatisfying(
                            PersistenceException.class,
                            e -> assertThat(e.isRetryable()).isFalse())
                    .hasCause(error);
        }
        failing.close();
        persistence.close();
    }

    @Test
    void noThreadIsLeft() {
        open().close();
        new EntryStoreAdapter(table.reopened()).close(); // never opened
        table.tamper(key(METADATA), new byte[1]);
        EntryStoreAdapter damaged = new EntryStoreAdapter(table.reopened());
        assertThatExceptionOfType(CorruptLogException.class).isThrownBy(damaged::open);

        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("kvgrid-store-"));
    }

    /** Rows of every type: entries that were moved, and a tail that is committed in part. */
    private void fill() {
        Persistence persistence = open();
        Stages.join(persistence.saveMetadata(UTF_8.encode("metadata")));
        for (int i = 0; i < 26; i++) {
            append(persistence, 10);
            persistence.committed(
                    chain.last().lsn(), () -> StoreModel.stateAt(model.last().lsn()));
            model.committed(chain.last().lsn());
        }
        append(persistence, 10);
        model.committed(chain.last().lsn() - 4);
        persistence.committed(
                chain.last().lsn() - 4, () -> StoreModel.stateAt(model.last().lsn()));
        append(persistence, 1);
        persistence.close();
        table = table.reopened();
    }

    private Persistence open() {
        table = table.reopened();
        Persistence persistence = new EntryStoreAdapter(table);
        persistence.open();
        PersistenceSubject.recover(persistence);
        return persistence;
    }

    private void append(Persistence persistence, int count) {
        List<LogRecord> records = chain.puts(count);
        Stages.join(persistence.append(records));
        model.append(records);
    }

    private void assertCorrupt(ByteBuffer key, byte @Nullable [] value) {
        ReferenceEntryStore damaged = table.reopened();
        table = table.reopened();
        damaged.tamper(key, value);
        Persistence persistence = new EntryStoreAdapter(damaged);
        assertThatExceptionOfType(CorruptLogException.class)
                .as("row %s as %s", key, value)
                .isThrownBy(() -> {
                    persistence.open();
                    throw (CorruptLogException) Stages.failureOf(persistence.recover(new RecoveredStore()));
                })
                .withMessageContaining("row");
        persistence.close();
    }

    private EntryStore counting(AtomicInteger writes) {
        return new EntryStore() {
            @Override
            public void write(List<Change> batch) throws Exception {
                writes.incrementAndGet();
                table.write(batch);
            }

            @Override
            public void scan(BiConsumer<byte[], byte[]> rows) {
                table.scan(rows);
            }

            @Override
            public void close() {
                table.close();
            }
        };
    }

    private static ByteBuffer key(byte type) {
        return ByteBuffer.wrap(new byte[] {type});
    }
}
