package io.kvgrid.persistence.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A fixed run of calls that meets every part of the store, and the states that it may have when the run ends at any
 * moment: what was acknowledged, and of the calls under way any effect that they may have had.
 */
final class Script {
    record State(RecordId base, Set<SnapshotEntry> entries, List<LogRecord> records, Optional<ByteBuffer> metadata) {
        static final State EMPTY = new State(RecordId.NONE, Set.of(), List.of(), Optional.empty());

        static State of(SimStore store) {
            Recovered found = store.recovered;
            assertThat(new HashSet<>(found.entries)).hasSameSizeAs(found.entries);
            return new State(found.base, Set.copyOf(found.entries), List.copyOf(found.records), store.metadata);
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

    /** Each part is one run of the store, on what the one before has left. */
    static final List<Consumer<Script>> RUNS =
            List.of(Script::firstRun, Script::secondRun, Script::installingRun, Script::lastRun);

    /** All states that a crash at this moment may leave. */
    final List<State> possible = new ArrayList<>(List.of(State.EMPTY));

    private final Chain chain = new Chain();
    private SimStore store;
    private State state = State.EMPTY;

    private Script(SimStore store) {
        this.store = store;
    }

    /** Runs all of it; ends early, with the failure, if the disk fails. */
    static Script run(SimDisk disk) {
        return run(disk, RUNS);
    }

    static Script run(SimDisk disk, List<Consumer<Script>> runs) {
        Script[] script = new Script[1];
        for (Consumer<Script> run : runs) {
            var failure = SimStore.run(disk, opened -> {
                if (script[0] == null) {
                    script[0] = new Script(opened);
                } else {
                    script[0].store = opened;
                    assertThat(State.of(opened)).isEqualTo(script[0].state);
                }
                run.accept(script[0]);
            });
            if (failure != null) {
                break;
            }
        }
        return script[0] == null ? new Script(NOT_OPENED) : script[0];
    }

    /** Stands for a store that could not even be opened the first time; nothing is called on it. */
    private static final SimStore NOT_OPENED = SimStore.closed();

    State state() {
        return state;
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

    private void lastRun() {
        append(2, 30);
        together(4, 1, 1_500);
    }

    private void append(int count, int valueBytes) {
        CompletionStage<Void> stage = start(count, valueBytes);
        SimStore.get(stage);
        settled();
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
            possible.add(state.with(records));
        }
        state = state.with(records);
        return store.persistence.append(added);
    }

    private void truncateAfter(long lsn) {
        List<LogRecord> kept =
                state.records().subList(0, (int) (lsn - state.base().lsn()));
        state = state.with(kept);
        possible.add(state);
        chain.rewind(state.last());
        SimStore.get(store.persistence.truncateAfter(lsn));
        settled();
    }

    private void saveMetadata(String text) {
        state = new State(state.base(), state.entries(), state.records(), Optional.of(UTF_8.encode(text)));
        possible.add(state);
        SimStore.get(store.persistence.saveMetadata(UTF_8.encode(text)));
        settled();
    }

    private void commit(long lsn) {
        store.persistence.committed(lsn, () -> ByteBuffer.allocate(0));
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
        possible.add(state);
        chain.rewind(label);
        SimStore.get(installation.commit(label, UTF_8.encode("state of " + label)));
        settled();
    }

    private void settled() {
        possible.clear();
        possible.add(state);
    }
}
