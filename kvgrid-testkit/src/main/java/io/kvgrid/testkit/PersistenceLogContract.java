package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.StoreInUseException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The part of {@link PersistenceContract} on metadata, append, truncation and the order of calls. */
public abstract class PersistenceLogContract extends PersistenceSubject {
    @Test
    final void emptyStoreHoldsNothing() throws Exception {
        Persistence persistence = persistence();

        assertThat(open(persistence)).isEmpty();
        RecoveredStore found = new RecoveredStore();
        var report = Stages.join(persistence.recover(found));

        new StoreModel().assertHeldBy(found);
        assertThat(report.records()).isZero();
        assertThat(report.entries()).isZero();
        assertThat(report.bytesCut()).isZero();
    }

    @Test
    final void metadataSavedLastIsReadBack() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        Stages.join(persistence.saveMetadata(bytes("first")));
        persistence.close();
        persistence = persistence();
        assertThat(open(persistence)).contains(bytes("first"));
        recover(persistence);
        Stages.join(persistence.saveMetadata(bytes("second, longer than the first")));
        Stages.join(persistence.saveMetadata(bytes("third")));
        persistence.close();

        assertThat(open(persistence())).contains(bytes("third"));
    }

    @Test
    final void callsDoNotMoveTheCallersBuffers() throws Exception {
        Persistence persistence = openEmpty();
        ByteBuffer metadata = bytes("metadata");
        ByteBuffer state = StoreModel.stateAt(1);

        Stages.join(persistence.saveMetadata(metadata));
        Stages.join(persistence.append(new RecordChain(RecordId.NONE).puts(1)));
        persistence.committed(1, () -> state);
        Stages.join(persistence.saveMetadata(metadata));

        assertThat(metadata).isEqualTo(bytes("metadata"));
        assertThat(state).isEqualTo(StoreModel.stateAt(1));
    }

    @Test
    final void storeInUseIsRefused() throws Exception {
        needs(refusesSecondOwner(), "a store with one owner");
        openEmpty();

        Persistence second = persistence();

        assertThat(failureOf(() -> CompletableFuture.completedStage(second.open())))
                .isInstanceOf(StoreInUseException.class);
    }

    @Test
    final void appendedRecordsAreReadBackByteForByte() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, List.of(chain.noOp()));
        append(persistence, model, chain.puts(3));
        append(
                persistence,
                model,
                List.of(chain.remove("k2"), chain.put("k2", ""), chain.put("k2", "x".repeat(70_000))));
        append(persistence, model, List.of(chain.put(-1, new byte[] {0, -1, 0x7F, 0}, new byte[] {-128, 0}, 99)));

        restart(persistence, model);
    }

    @Test
    final void appendsGoOnAfterReopening() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        for (int run = 0; run < 5; run++) {
            append(persistence, model, chain.puts(7));
            persistence = restart(persistence, model);
        }
    }

    @Test
    final void manyCallsMayBeOutstandingAndCompleteInCallOrder() throws Exception {
        Persistence persistence = openEmpty();
        RecordChain chain = new RecordChain(RecordId.NONE);
        List<Integer> completed = Collections.synchronizedList(new ArrayList<>());
        List<CompletionStage<?>> stages = new ArrayList<>();

        for (int i = 0; i < 300; i++) {
            int call = i;
            CompletionStage<Void> stage = i % 10 == 9
                    ? persistence.saveMetadata(bytes("metadata " + i))
                    : persistence.append(chain.puts(1 + i % 4));
            stages.add(stage.thenRun(() -> completed.add(call)));
        }

        stages.forEach(Stages::join);
        assertThat(completed).isEqualTo(IntStream.range(0, 300).boxed().toList());
    }

    @Test
    final void outstandingCallsTakeEffectInCallOrder() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        List<CompletionStage<Void>> stages = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            List<LogRecord> records = chain.puts(6);
            stages.add(persistence.append(records));
            model.append(records);
            stages.add(persistence.saveMetadata(bytes("round " + round)));
            long keep = model.last().lsn() - 3;
            stages.add(persistence.truncateAfter(keep));
            model.truncateAfter(keep);
            chain.rewind(model.last());
        }

        stages.forEach(Stages::join);
        restart(persistence, model);
    }

    @Test
    final void repeatedRecordsAreAcceptedWithoutEffect() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        List<LogRecord> records = chain.puts(6);
        append(persistence, model, records);

        Stages.join(persistence.append(records));
        Stages.join(persistence.append(records.subList(2, 4)));
        List<LogRecord> overlapping = new ArrayList<>(records.subList(4, 6));
        List<LogRecord> fresh = chain.puts(2);
        overlapping.addAll(fresh);
        Stages.join(persistence.append(overlapping));
        model.append(fresh);

        append(persistence, model, chain.puts(1));
        restartIfItSurvives(persistence, model);
    }

    @Test
    final void gapIsRefusedAndChangesNothing() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, chain.puts(3));
        List<LogRecord> next = chain.puts(3);

        assertThat(Stages.failureOf(persistence.append(next.subList(1, 3))))
                .as("a gap before the first record")
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Stages.failureOf(persistence.append(List.of(next.get(0), next.get(2)))))
                .as("a gap between two records")
                .isInstanceOf(IllegalArgumentException.class);

        append(persistence, model, next);
        restartIfItSurvives(persistence, model);
    }

    @Test
    final void recordThatDoesNotChainIsRefusedAndChangesNothing() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, chain.puts(3));
        RecordId last = chain.last();

        RecordId forged = new RecordId(last.epoch(), last.lsn(), last.checksum() + 1);
        assertThat(Stages.failureOf(persistence.append(new RecordChain(forged).puts(1))))
                .as("another predecessor (P12)")
                .isInstanceOf(IllegalArgumentException.class);
        RecordChain other = new RecordChain(RecordId.NONE);
        other.rewind(RecordId.NONE);
        assertThat(Stages.failureOf(persistence.append(other.puts(3))))
                .as("other bytes for LSNs that are taken (P10)")
                .isInstanceOf(IllegalArgumentException.class);

        append(persistence, model, chain.puts(2));
        restartIfItSurvives(persistence, model);
    }

    @Test
    final void truncatedRecordsNeverComeBack() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, chain.puts(12));

        Stages.join(persistence.truncateAfter(10));
        model.truncateAfter(10);

        chain.rewind(model.at(10));
        assertThat(Stages.failureOf(persistence.append(skip(new RecordChain(model.at(10)), 1))))
                .as("the next LSN is the one behind the last that was kept")
                .isInstanceOf(IllegalArgumentException.class);
        append(persistence, model, chain.puts(1)); // as long as the one before: an old 12 behind it must stay away (S9)
        restartIfItSurvives(persistence, model);
    }

    @Test
    final void truncationIsDurableWithoutAnAppend() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        append(persistence, model, new RecordChain(RecordId.NONE).puts(5));

        Stages.join(persistence.truncateAfter(2));
        model.truncateAfter(2);

        restart(persistence, model);
    }

    @Test
    final void truncationToNothingAndOfNothingIsAllowed() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        Stages.join(persistence.truncateAfter(0));
        append(persistence, model, new RecordChain(RecordId.NONE).puts(5));
        Stages.join(persistence.truncateAfter(5));
        Stages.join(persistence.truncateAfter(0));
        model.truncateAfter(0);

        RecordChain chain = new RecordChain(RecordId.NONE);
        chain.rewind(RecordId.NONE);
        append(persistence, model, chain.puts(4));
        restartIfItSurvives(persistence, model);
    }

    @Test
    final void closeFinishesWhatWasCalled() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        List<CompletionStage<Void>> stages = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            List<LogRecord> records = chain.puts(5);
            stages.add(persistence.append(records));
            model.append(records);
        }

        restart(persistence, model);

        stages.forEach(Stages::join);
    }

    @Test
    final void closeIsIdempotentAndEndsAllCalls() throws Exception {
        Persistence persistence = openEmpty();
        persistence.close();
        persistence.close();

        List<LogRecord> records = new RecordChain(RecordId.NONE).puts(1);
        assertThat(failureOf(() -> persistence.append(records))).isInstanceOf(IllegalStateException.class);
        assertThat(failureOf(() -> persistence.truncateAfter(0))).isInstanceOf(IllegalStateException.class);
        assertThat(failureOf(() -> persistence.saveMetadata(bytes("m")))).isInstanceOf(IllegalStateException.class);
        assertThat(failureOf(() -> {
                    persistence.installSnapshot();
                    return CompletableFuture.completedStage(null);
                }))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    final void storeThatWasNeverOpenedCanBeClosed() throws Exception {
        Persistence persistence = persistence();

        persistence.close();
        persistence.close();
    }

    private static List<LogRecord> skip(RecordChain chain, int count) {
        chain.puts(count);
        return chain.puts(1);
    }
}
