package io.kvgrid.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The part of {@link PersistenceContract} on commits and on what a recovery gives. */
public abstract class PersistenceRecoveryContract extends PersistenceLogContract {
    @Test
    final void committedRecordsAreReadBackAsEntriesOrRecords() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        for (int round = 0; round < 40; round++) {
            append(persistence, model, mixed(chain, round, 50));
            commit(persistence, model, model.last().lsn() - 7);
        }

        persistence = restart(persistence, model);
        append(persistence, model, mixed(chain, 41, 50));
        commit(persistence, model, model.last().lsn());
        persistence = restart(persistence, model);
        append(persistence, model, chain.puts(1));
        restart(persistence, model);
    }

    @Test
    final void commitsMayBeCalledBeforeTheirRecordsAreDurable() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        List<CompletionStage<Void>> stages = new ArrayList<>();
        for (int round = 0; round < 60; round++) {
            List<LogRecord> records = mixed(chain, round, 20);
            stages.add(persistence.append(records));
            model.append(records);
            commit(persistence, model, model.last().lsn());
        }

        stages.forEach(Stages::join);
        restart(persistence, model);
    }

    @Test
    final void stateIsAskedForDuringTheCallOnly() throws Exception {
        Persistence persistence = openEmpty();
        RecordChain chain = new RecordChain(RecordId.NONE);
        boolean[] during = new boolean[1];
        List<String> misuse = new ArrayList<>();
        Thread caller = Thread.currentThread();
        for (int lsn = 1; lsn <= 600; lsn++) {
            Stages.join(persistence.append(chain.puts(1)));
            long committed = lsn;
            during[0] = true;
            persistence.committed(committed, () -> {
                if (!during[0] || Thread.currentThread() != caller) {
                    misuse.add("state of " + committed + " asked for after the call or by another thread");
                }
                return StoreModel.stateAt(committed);
            });
            during[0] = false;
        }

        persistence.close();

        assertThat(misuse).isEmpty();
    }

    @Test
    final void uncommittedRecordsAboveCommittedOnesCanBeReplaced() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, mixed(chain, 1, 1_000));
        commit(persistence, model, 900);

        Stages.join(persistence.truncateAfter(900));
        model.truncateAfter(900);
        chain.rewind(model.last());
        append(persistence, model, mixed(chain, 2, 50));
        commit(persistence, model, 940);

        restart(persistence, model);
    }

    @Test
    final void recoveringChangesNothing() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        append(persistence, model, mixed(new RecordChain(RecordId.NONE), 1, 700));
        commit(persistence, model, 650);

        for (int run = 0; run < 3; run++) {
            persistence = restart(persistence, model);
        }
    }

    @Test
    final void reportCountsWhatWasGiven() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        append(persistence, model, mixed(new RecordChain(RecordId.NONE), 1, 700));
        commit(persistence, model, 600);
        persistence.close();
        Persistence next = persistence();
        open(next);
        RecoveredStore found = new RecoveredStore();

        RecoveryReport report = Stages.join(next.recover(found));

        assertThat(report.entries()).isEqualTo(found.entries().size());
        assertThat(report.records()).isEqualTo(found.records().size());
        assertThat(report.bytesCut()).isZero();
        assertThat(report.cutReason()).isEmpty();
        assertThat(report.nanos()).isPositive();
    }

    @Test
    final void handlerThatThrowsEndsTheRecoveryWithItsException() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        append(persistence, new StoreModel(), new RecordChain(RecordId.NONE).puts(20));
        persistence.close();
        Persistence next = persistence();
        open(next);
        PersistenceException refusal = PersistenceException.fatal("the handler refuses", null);

        Throwable failure = Stages.failureOf(next.recover(new RecoveryHandler() {
            @Override
            public void base(RecordId id, ByteBuffer state) {
                throw refusal;
            }

            @Override
            public void entry(SnapshotEntry entry) {
                throw refusal;
            }

            @Override
            public void record(LogRecord record) {
                throw refusal;
            }

            @Override
            public void committed(long lsn) {
                throw refusal;
            }
        }));

        assertThat(failure).isSameAs(refusal);
    }

    /** Sets, overwrites and removes keys of several maps; some with an end of their time. */
    static List<LogRecord> mixed(RecordChain chain, int round, int count) {
        List<LogRecord> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String key = "key-" + (i * 31 + round * 17) % 97;
            records.add(
                    switch (i % 7) {
                        case 0 -> chain.remove(key);
                        case 1 -> chain.noOp();
                        case 2 -> chain.put(2, key.getBytes(UTF_8), new byte[] {(byte) round, 0, (byte) i}, 5_000L + i);
                        case 3 -> chain.put(Integer.MIN_VALUE, key.getBytes(UTF_8), new byte[0], 0);
                        default -> chain.put(key, "value " + round + "/" + i);
                    });
        }
        return records;
    }
}
