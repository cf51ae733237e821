package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRange;
import io.kvgrid.spi.persistence.LogReads;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** The part of {@link PersistenceContract} on {@link LogReads}, which not every persistence offers. */
public abstract class PersistenceReadContract extends PersistenceFailureContract {
    private static final int BUDGET = 10_000;

    @Test
    final void readingIsOfferedIfItIsDeclared() throws Exception {
        Persistence persistence = persistence();
        try {
            assertThat(persistence.logReads().isPresent()).isEqualTo(readsLog());
        } finally {
            persistence.close();
        }
    }

    @Test
    final void committedRecordsAreReadBackByteForByteWithinTheBudget() throws Exception {
        needsReads();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        persistence.logReads().orElseThrow().keepFrom(1);
        append(persistence, model, List.of(chain.noOp(), chain.put("k", "x".repeat(3 * BUDGET)), chain.remove("k")));
        for (int i = 0; i < 10; i++) {
            append(persistence, model, chain.puts(2 + i));
        }
        commit(persistence, model, model.last().lsn());

        long next = 1;
        while (next <= model.committed()) {
            LogRange range = read(persistence, next);
            if (range.firstLsn() > next) {
                next = range.firstLsn(); // a compaction had to drop what is below
                continue;
            }
            List<LogRecord> records = range.records();
            assertThat(records).as("records from %s on", next).isNotEmpty();
            assertThat(records).isEqualTo(model.records(next, records.size()));
            long bytes = records.stream().mapToLong(LogRecord::length).sum();
            assertThat(records.size() == 1 || bytes <= BUDGET)
                    .as("%s records of %s bytes", records.size(), bytes)
                    .isTrue();
            next += records.size();
        }
        assertThat(next).isEqualTo(model.last().lsn() + 1);
    }

    @Test
    final void nothingIsReadThatIsNotKnownToBeCommitted() throws Exception {
        needsReads();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        append(persistence, model, new RecordChain(RecordId.NONE).puts(5));

        assertNothingYet(persistence, 1);
        commit(persistence, model, 3);
        assertThat(read(persistence, 3).records()).isEqualTo(model.records(3, 1));
        assertNothingYet(persistence, 4);
        assertNothingYet(persistence, 100);
        commit(persistence, model, 5);
        assertThat(read(persistence, 5).records()).isEqualTo(model.records(5, 1));
    }

    @Test
    final void readsWaitForNoWriteAndShowNothingThatIsNotDurable() throws Exception {
        needsReads();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, chain.puts(3));
        commit(persistence, model, 3);

        HeldWrites held = needsHeldWrites();
        CompletionStage<Void> stage;
        try {
            stage = persistence.append(chain.puts(2));
            held.awaitBlocked();
            persistence.committed(5, () -> StoreModel.stateAt(5));

            assertThat(read(persistence, 3).records()).isEqualTo(model.records(3, 1));
            assertNothingYet(persistence, 4);
        } finally {
            held.release();
        }
        Stages.join(stage);
    }

    @Test
    final void truncationChangesNothingThatCouldBeRead() throws Exception {
        needsReads();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, chain.puts(10));
        commit(persistence, model, 5);

        CompletionStage<LogRange> before = reads(persistence).read(5, BUDGET);
        Stages.join(persistence.truncateAfter(5));
        model.truncateAfter(5);
        chain.rewind(model.last());
        append(persistence, model, chain.puts(5));
        commit(persistence, model, 10);

        // read then or only now, but nothing that was cut
        assertThat(Stages.join(before).records()).isSubsetOf(model.records(5, 6));
        assertThat(read(persistence, 5).records()).isNotEmpty().isSubsetOf(model.records(5, 6));
        assertThat(read(persistence, 6).records()).isNotEmpty().isSubsetOf(model.records(6, 5));
    }

    @Test
    final void whatWasThereBeforeARestartCanBeRead() throws Exception {
        needsReads();
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, chain.puts(20));
        commit(persistence, model, 20);

        persistence = restart(persistence, model);
        append(persistence, model, chain.puts(1));
        commit(persistence, model, 21);

        assertThat(read(persistence, 19).records()).isNotEmpty().isSubsetOf(model.records(19, 3));
        assertThat(read(persistence, 21).records()).isEqualTo(model.records(21, 1));
    }

    @Test
    final void rangeThatASnapshotReplacedIsGone() throws Exception {
        needsReads();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        append(persistence, model, new RecordChain(RecordId.NONE).puts(20));
        commit(persistence, model, 20);
        RecordId label = new RecordId(3, 500, 77);
        install(persistence, model, label, snapshot(10, label.lsn()));

        assertThat(read(persistence, 20)).isEqualTo(new LogRange(501, List.of()));
        assertNothingYet(persistence, 501);
        append(persistence, model, new RecordChain(label).puts(2));
        commit(persistence, model, 502);
        assertThat(read(persistence, 502).records()).isEqualTo(model.records(502, 1));
    }

    @Test
    final void readsOfADeadStoreFail() throws Exception {
        needsReads();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, chain.puts(3));
        commit(persistence, model, 3);
        needsFatalFailure();
        failureOf(() -> persistence.append(chain.puts(1)));

        assertThat(failureOf(() -> reads(persistence).read(1, BUDGET)))
                .isInstanceOfSatisfying(
                        PersistenceException.class,
                        failure -> assertThat(failure.isRetryable()).isFalse());
    }

    @Test
    final void wrongOrLateReadsAreRefused() throws Exception {
        needsReads();
        Persistence persistence = openEmpty();
        LogReads reads = reads(persistence);

        assertThat(failureOf(() -> reads.read(0, BUDGET))).isInstanceOf(IllegalArgumentException.class);
        assertThat(failureOf(() -> reads.read(1, 0))).isInstanceOf(IllegalArgumentException.class);
        persistence.close();
        assertThat(failureOf(() -> reads.read(1, BUDGET))).isInstanceOf(IllegalStateException.class);
    }

    /** Reads of any place while records are written, cut, committed and, if the store does that, compacted. */
    @RepeatedTest(10)
    final void readsBesideWritesFindWhatTheModelHolds(RepetitionInfo repetition) throws Exception {
        needsReads();
        Random random = new Random(repetition.getCurrentRepetition());
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        List<CompletionStage<Void>> writes = new ArrayList<>();
        List<CompletionStage<LogRange>> found = new ArrayList<>();
        List<Long> asked = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            long last = model.last().lsn();
            switch (random.nextInt(8)) {
                case 0 -> commit(persistence, model, last - random.nextLong(1 + last - model.committed()));
                case 1 -> {
                    if (random.nextInt(10) == 0) {
                        long keep = last - random.nextLong(1 + last - model.committed());
                        writes.add(persistence.truncateAfter(keep));
                        model.truncateAfter(keep);
                        chain.rewind(model.last());
                    }
                }
                case 2 ->
                    reads(persistence).keepFrom(random.nextBoolean() ? Long.MAX_VALUE : 1 + random.nextLong(1 + last));
                case 3, 4 -> {
                    long from = 1 + random.nextLong(2 + last);
                    asked.add(from);
                    found.add(reads(persistence).read(from, 1 + random.nextInt(BUDGET)));
                }
                default -> {
                    List<LogRecord> records = mixed(chain, random.nextInt(100), 1 + random.nextInt(20));
                    writes.add(persistence.append(records));
                    model.append(records);
                }
            }
            if (random.nextInt(20) == 0) {
                writes.forEach(Stages::join);
            }
        }
        writes.forEach(Stages::join);

        for (int i = 0; i < asked.size(); i++) {
            LogRange range = Stages.join(found.get(i));
            long from = asked.get(i);
            assertThat(range.records())
                    .as("read from %s", from)
                    .isEqualTo(model.records(from, range.records().size()));
            assertThat(range.records().isEmpty() || range.firstLsn() <= from).isTrue();
        }
        append(persistence, model, chain.puts(1));
        long last = model.last().lsn();
        commit(persistence, model, last);
        assertThat(read(persistence, last).records()).isEqualTo(model.records(last, 1));
    }

    private void needsReads() {
        needs(readsLog(), "reading of the log");
    }

    private static LogReads reads(Persistence persistence) {
        return persistence.logReads().orElseThrow();
    }

    private static LogRange read(Persistence persistence, long fromLsn) {
        return Stages.join(reads(persistence).read(fromLsn, BUDGET));
    }

    private static void assertNothingYet(Persistence persistence, long fromLsn) {
        LogRange range = read(persistence, fromLsn);
        assertThat(range.records()).as("records from %s on", fromLsn).isEmpty();
        assertThat(range.firstLsn()).as("the first that can be read").isLessThanOrEqualTo(fromLsn);
    }
}
