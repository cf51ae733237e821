package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The part of {@link PersistenceContract} on loss of power, retryable and fatal failures. */
public abstract class PersistenceFailureContract extends PersistenceSnapshotContract {
    @Test
    final void acknowledgedCallsSurviveLossOfPower() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        Stages.join(persistence.saveMetadata(bytes("metadata")));
        append(persistence, model, mixed(chain, 1, 600));
        commit(persistence, model, 500);
        append(persistence, model, chain.puts(2));
        Stages.join(persistence.truncateAfter(601));
        model.truncateAfter(601);

        Persistence next = needsPowerLoss();

        assertThat(open(next)).contains(bytes("metadata"));
        model.assertHeldBy(recover(next));
        chain.rewind(model.last());
        append(next, model, chain.puts(1));
        restart(next, model);
    }

    @Test
    final void nothingIsAcknowledgedBeforeItIsDurable() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, chain.puts(3));
        List<LogRecord> records = chain.puts(3);

        HeldWrites held = needsHeldWrites();
        List<CompletionStage<Void>> stages;
        try {
            stages = List.of(
                    persistence.append(records), persistence.saveMetadata(bytes("held")), persistence.truncateAfter(4));
            held.awaitBlocked();
            for (CompletionStage<Void> stage : stages) {
                assertThat(stage.toCompletableFuture().isDone())
                        .as("a stage of a write that is held back (S1)")
                        .isFalse();
            }
        } finally {
            held.release();
        }
        stages.forEach(Stages::join);

        model.append(records);
        model.truncateAfter(4);
        restartIfItSurvives(persistence, model);
    }

    @Test
    final void callsThatFailRetryablyCanBeRepeated() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, chain.puts(3));

        List<LogRecord> records = chain.puts(2);
        needsRetryableFailure();
        assertRetryable(persistence.append(records));
        append(persistence, model, records);

        needsRetryableFailure();
        assertRetryable(persistence.saveMetadata(bytes("m")));
        Stages.join(persistence.saveMetadata(bytes("m")));

        needsRetryableFailure();
        assertRetryable(persistence.truncateAfter(4));
        Stages.join(persistence.truncateAfter(4));
        model.truncateAfter(4);

        needsSurvival();
        persistence.close();
        Persistence next = persistence();
        assertThat(open(next)).contains(bytes("m"));
        model.assertHeldBy(recover(next));
    }

    @Test
    final void callsBehindTheFailedOneFailRetryablyAndChangeNothing() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, chain.puts(3));
        List<LogRecord> first = chain.puts(2);
        List<LogRecord> second = chain.puts(2);
        needsRetryableFailure();

        CompletionStage<Void> one = persistence.append(first);
        assertRetryable(one);
        // made by a caller that had not looked yet
        assertRetryable(persistence.append(second));
        persistence.committed(
                second.get(0).lsn(), () -> StoreModel.stateAt(second.get(0).lsn()));
        assertRetryable(persistence.truncateAfter(6));
        assertRetryable(persistence.saveMetadata(bytes("not saved")));
        Stages.join(persistence.append(first));
        model.append(first);
        append(persistence, model, second);

        needsSurvival();
        persistence.close();
        Persistence next = persistence();
        assertThat(open(next)).as("metadata").isEmpty();
        model.assertHeldBy(recover(next));
    }

    @Test
    final void outstandingCallsFailTogetherAndAreRepeatedInOrder() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, chain.puts(3));
        List<LogRecord> first = chain.puts(2);
        RecordChain other = new RecordChain(first.get(0).id());
        other.rewind(first.get(0).id());
        List<LogRecord> second = other.puts(2);
        needsRetryableFailure();

        for (int attempt = 1; attempt <= 2; attempt++) {
            List<CompletionStage<Void>> stages = List.of(
                    persistence.append(first),
                    persistence.truncateAfter(4),
                    persistence.append(second),
                    persistence.saveMetadata(bytes("saved")));
            if (attempt == 1) {
                stages.forEach(PersistenceFailureContract::assertRetryable);
            } else {
                stages.forEach(Stages::join);
            }
        }
        model.append(first);
        model.truncateAfter(4);
        model.append(second);

        needsSurvival();
        persistence.close();
        Persistence next = persistence();
        assertThat(open(next)).contains(bytes("saved"));
        model.assertHeldBy(recover(next));
    }

    @Test
    final void installationCallsThatFailRetryablyCanBeRepeated() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        append(persistence, model, new RecordChain(RecordId.NONE).puts(3));
        RecordId label = new RecordId(3, 100, 5);
        SnapshotInstallation installation = persistence.installSnapshot();
        List<SnapshotEntry> entries = snapshot(20, 100);

        needsRetryableFailure();
        CompletionStage<Void> added = installation.add(entries);
        CompletionStage<Void> committed = installation.commit(label, StoreModel.stateAt(100));
        assertRetryable(committed);
        if (failed(added)) {
            Stages.join(installation.add(entries));
        }
        Stages.join(installation.commit(label, StoreModel.stateAt(100)));
        model.install(label, entries);

        append(persistence, model, new RecordChain(label).puts(1));
        restartIfItSurvives(persistence, model);
    }

    @Test
    final void installationThatFailedCanBeGivenUp() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, mixed(chain, 1, 300));
        commit(persistence, model, 290);
        append(persistence, model, chain.puts(1));
        for (int round = 0; round < 20; round++) {
            SnapshotInstallation installation = persistence.installSnapshot();
            if (round % 2 == 1) {
                Stages.join(installation.add(snapshot(5, 1_000)));
            }
            needsRetryableFailure();
            CompletionStage<Void> failed = round % 2 == 1
                    ? installation.commit(new RecordId(3, 1_000, 5), StoreModel.stateAt(1_000))
                    : installation.add(snapshot(5, 1_000));
            if (round % 4 >= 2) {
                installation.abort(); // perhaps before it has failed
            }
            assertRetryable(failed);
            installation.abort();
            append(persistence, model, chain.puts(1));
        }
        commit(persistence, model, model.last().lsn());
        append(persistence, model, mixed(chain, 2, 3));

        restartIfItSurvives(persistence, model);
    }

    @Test
    final void commitGivenUpLeavesNoTraceAfterLossOfPower() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, mixed(chain, 1, 300));
        commit(persistence, model, 290);
        SnapshotInstallation installation = persistence.installSnapshot();
        Stages.join(installation.add(snapshot(5, 1_000)));
        needsRetryableFailure();
        assertRetryable(installation.commit(new RecordId(3, 1_000, 5), StoreModel.stateAt(1_000)));
        installation.abort();
        append(persistence, model, chain.puts(1));

        reopen(needsPowerLoss(), model);
    }

    @Test
    final void fatalFailureEndsTheStoreAndLosesNothingAcknowledged() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, chain.puts(3));
        List<LogRecord> records = chain.puts(2);
        needsFatalFailure();

        assertFatal(persistence.append(records));
        assertFatal(persistence.append(records));
        assertFatal(persistence.truncateAfter(3));
        assertFatal(persistence.saveMetadata(bytes("m")));
        persistence.committed(3, () -> StoreModel.stateAt(3));
        assertFatal(persistence.append(chain.puts(1)));

        needsSurvival();
        persistence.close();
        Persistence next = persistence();
        open(next);
        RecoveredStore found = recover(next);
        assertThat(found.last().lsn()).isBetween(3L, 5L);
        model.append(records.subList(0, (int) found.last().lsn() - 3)); // what failed may have become durable
        model.committed(3);
        model.assertHeldBy(found);
    }

    private static boolean failed(CompletionStage<Void> stage) {
        return stage.toCompletableFuture().isCompletedExceptionally();
    }

    static void assertRetryable(CompletionStage<?> stage) {
        assertThat(Stages.failureOf(stage))
                .isInstanceOfSatisfying(
                        PersistenceException.class,
                        e -> assertThat(e.isRetryable())
                                .as("%s is retryable", e)
                                .isTrue());
    }

    private static void assertFatal(CompletionStage<?> stage) {
        assertThat(Stages.failureOf(stage))
                .isInstanceOfSatisfying(
                        PersistenceException.class,
                        e -> assertThat(e.isRetryable())
                                .as("%s is retryable", e)
                                .isFalse());
    }
}
