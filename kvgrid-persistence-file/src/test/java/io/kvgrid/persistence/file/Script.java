package io.kvgrid.persistence.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs of calls that meet every part of the store, and the states that it may have when they end at any moment: what was
 * acknowledged, and of the calls under way any effect that they may have had.
 */
final class Script {
    record State(RecordId base, Set<SnapshotEntry> entries, List<LogRecord> records, Optional<ByteBuffer> metadata) {
        static final State EMPTY = new State(RecordId.NONE, Set.of(), List.of(), Optional.empty());

        static State of(SimStore store) {
            return of(store.recovered, store.metadata);
        }

        static State of(Recovered found, Optional<ByteBuffer> metadata) {
            assertThat(new HashSet<>(found.entries)).hasSameSizeAs(found.entries);
            if (found.base.lsn() != 0) {
                assertThat(found.state).isEqualTo(stateAt(found.base.lsn()));
            }
            return new State(found.base, Set.copyOf(found.entries), List.copyOf(found.records), metadata);
        }

        /** Whether {@code found} is this state, or this state with some of its first records in the base (P33). */
        boolean isHeldBy(State found) {
            int compacted = (int) (found.base.lsn() - base.lsn());
            if (compacted == 0) {
                return equals(found);
            }
            return compacted > 0
                    && compacted <= records.size()
                    && found.base.equals(records.get(compacted - 1).id())
                    && found.entries.equals(entriesAfter(records.subList(0, compacted)))
                    && found.records.equals(records.subList(compacted, records.size()))
                    && found.metadata.equals(metadata);
        }

        private Set<SnapshotEntry> entriesAfter(List<LogRecord> effects) {
            Map<ByteBuffer, SnapshotEntry> byKey = new HashMap<>();
            entries.forEach(entry -> byKey.put(entry.key(), entry));
            for (LogRecord record : effects) {
                if (record.kind() == RecordKind.REMOVE) {
                    byKey.remove(record.key());
                } else {
                    byKey.put(record.key(), SnapshotEntry.of(record));
                }
            }
            return Set.copyOf(byKey.values());
        }

        State with(List<LogRecord> newRecords) {
            return new State(base, entries, List.copyOf(newRecords), metadata);
        }

        RecordId last() {
            return records.isEmpty() ? base : records.get(records.size() - 1).id();
        }

        @Override
        public String toString() {
            return "base " + base + " with " + entries.size() + " entries, then up to " + last() + ", metadata "
                    + metadata.map(bytes -> UTF_8.decode(bytes.duplicate()).toString());
        }
    }

    /** What may be found after a crash, from one acknowledgement to the next. Grows with the calls made meanwhile. */
    static final class Promise {
        private final List<State> possible = new ArrayList<>();
        private long maxBase;

        private Promise(State state, long maxBase) {
            possible.add(state);
            this.maxBase = maxBase;
        }

        void require(State found, String after) {
            if (possible.stream().noneMatch(state -> state.isHeldBy(found))) {
                throw new AssertionError(after + " left " + found + ", possible were " + possible);
            }
            assertThat(found.base().lsn()).as(after).isLessThanOrEqualTo(maxBase);
        }
    }

    /** Each part is one run of the store, on what the one before has left. */
    static final List<Consumer<Script>> RUNS =
            List.of(Script::firstRun, Script::secondRun, Script::installingRun, Script::compactingRun, Script::lastRun);

    private final Chain chain = new Chain();
    private final SimDisk disk;
    private final int segmentBytes;
    private SimStore store = SimStore.closed();
    private State state = State.EMPTY;
    private long committed;
    private long installed;

    /** Replaced at each acknowledgement; read by whoever is told of the disk's calls. */
    private volatile Promise promise = new Promise(State.EMPTY, 0);

    /** A script for an empty disk. */
    Script(SimDisk disk, int segmentBytes) {
        this.disk = disk;
        this.segmentBytes = segmentBytes;
    }

    /** Runs all of it on an empty disk; ends early if the disk fails. */
    static Script run(SimDisk disk) {
        Script script = new Script(disk, SimStore.SEGMENT_BYTES);
        script.run(RUNS);
        return script;
    }

    /** One run of the store after the other; ends early, with the failure, if the disk fails. */
    @Nullable
    PersistenceException run(List<Consumer<Script>> runs) {
        PersistenceException failure = null;
        for (int i = 0; i < runs.size() && failure == null; i++) {
            Consumer<Script> run = runs.get(i);
            failure = SimStore.run(disk, segmentBytes, opened -> {
                store = opened;
                promise.require(State.of(opened), "a clean shutdown");
                run.accept(this);
            });
        }
        return failure;
    }

    /** What a crash at this moment may leave. */
    Promise promise() {
        return promise;
    }

    void requirePossible(State found, String after) {
        promise.require(found, after);
    }

    /** Another run of calls for each seed; the same calls whenever it is asked for. */
    static List<Consumer<Script>> randomRuns(long seed) {
        Random random = new Random(seed);
        Consumer<Script> run = script -> {
            for (int i = 0; i < 12; i++) {
                script.randomCall(random);
            }
        };
        return List.of(run, run, run);
    }

    private void randomCall(Random random) {
        long lowest = Math.max(committed, installed);
        long last = state.last().lsn();
        long lsn = lowest + (long) (random.nextDouble() * (last - lowest + 1));
        switch (random.nextInt(20)) {
            case 0 -> saveMetadata("metadata " + "x".repeat(random.nextInt(3_000)));
            case 1 -> install(new RecordId(state.last().epoch() + 1, last + 50, random.nextInt()), random.nextInt(30));
            case 2 -> together(2 + random.nextInt(3), 1, random.nextInt(300));
            case 3, 4 -> truncateAfter(lsn);
            case 5, 6, 7 -> remove("key" + random.nextInt(10));
            case 8, 9, 10, 11, 12 -> commit(lsn);
            default -> append(1 + random.nextInt(3), random.nextInt(random.nextInt(8) == 0 ? 6_000 : 900));
        }
    }

    static ByteBuffer stateAt(long lsn) {
        return UTF_8.encode("state at " + lsn);
    }

    private void firstRun() {
        append(1, 10);
        append(3, 200);
        saveMetadata("first");
        commit(2);
        for (int i = 0; i < 4; i++) {
            append(2, 700);
        }
        commit(8);
        truncateAfter(9); // in the middle of a group, with another one before it in the segment
        append(1, 700);
        together(3, 2, 100);
    }

    private void secondRun() {
        append(2, 100);
        commit(state.last().lsn() - 1);
        saveMetadata("second");
        append(1, 6_000); // larger than a segment
        append(2, 20);
        truncateAfter(state.last().lsn() - 1); // to a group's first record
        append(1, 20);
        truncateAfter(state.last().lsn() - 3); // into an earlier segment
        append(4, 900);
    }

    private void installingRun() {
        install(new RecordId(9, 100, 4711), 40);
        append(3, 300);
        saveMetadata("third");
        append(5, 900);
        truncateAfter(102);
        truncateAfter(100); // all behind the snapshot
        append(2, 10);
        install(new RecordId(10, 200, 4712), 7);
    }

    private void compactingRun() {
        for (int i = 0; i < 3; i++) {
            append(4, 400);
            commit(state.last().lsn() - 1);
        }
        truncateAfter(state.last().lsn() - 1); // what a compaction stopped before
        remove("key1", "key2", "k0", "absent");
        append(3, 600);
        commit(state.last().lsn());
        append(1, 5_000);
        commit(state.last().lsn());
        append(2, 100);
    }

    private void lastRun() {
        append(2, 30);
        together(4, 1, 1_500);
    }

    private void append(int count, int valueBytes) {
        CompletionStage<Void> stage = start(count, valueBytes);
        SimStore.get(stage);
        settled();
    }

    private void remove(String... keys) {
        for (String key : keys) {
            LogRecord record = chain.remove(key);
            List<LogRecord> records = new ArrayList<>(state.records());
            records.add(record);
            state = state.with(records);
            promise.possible.add(state);
            SimStore.get(store.persistence.append(List.of(record)));
            settled();
        }
    }

    private void together(int calls, int count, int valueBytes) {
        List<CompletionStage<Void>> stages = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            stages.add(start(count, valueBytes));
        }
        stages.forEach(SimStore::get);
        settled();
    }

    private CompletionStage<Void> start(int count, int valueBytes) {
        List<LogRecord> records = new ArrayList<>(state.records());
        List<LogRecord> added = chain.puts(count, valueBytes);
        for (LogRecord record : added) {
            records.add(record);
            promise.possible.add(state.with(records));
        }
        state = state.with(records);
        return store.persistence.append(added);
    }

    private void truncateAfter(long lsn) {
        List<LogRecord> kept =
                state.records().subList(0, (int) (lsn - state.base().lsn()));
        state = state.with(kept);
        promise.possible.add(state);
        chain.rewind(state.last());
        SimStore.get(store.persistence.truncateAfter(lsn));
        settled();
    }

    private void saveMetadata(String text) {
        state = new State(state.base(), state.entries(), state.records(), Optional.of(UTF_8.encode(text)));
        promise.possible.add(state);
        SimStore.get(store.persistence.saveMetadata(UTF_8.encode(text)));
        settled();
    }

    /** May start a compaction; then waits for it, so that the disk's calls come in the same order in each run. */
    private void commit(long lsn) {
        committed = lsn;
        settled();
        store.persistence.committed(lsn, () -> stateAt(lsn));
        SimStore.get(store.persistence.truncateAfter(state.last().lsn()));
    }

    private void install(RecordId label, int count) {
        SnapshotInstallation installation = store.persistence.installSnapshot();
        List<SnapshotEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(new SnapshotEntry(
                    1, UTF_8.encode("k" + i), UTF_8.encode("value ".repeat(20) + i), label.lsn() - i, i % 3));
        }
        SimStore.get(installation.add(entries));
        state = new State(label, Set.copyOf(entries), List.of(), state.metadata());
        promise.possible.add(state);
        chain.rewind(label);
        installed = label.lsn();
        promise.maxBase = Math.max(committed, installed);
        SimStore.get(installation.commit(label, stateAt(label.lsn())));
        settled();
    }

    private void settled() {
        promise = new Promise(state, Math.max(committed, installed));
    }
}
