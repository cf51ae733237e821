package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The part of {@link PersistenceContract} on snapshots received from another node. */
public abstract class PersistenceSnapshotContract extends PersistenceRecoveryContract {
    private static final RecordId LABEL = new RecordId(7, 40_000, 0x1234_5678);

    @Test
    final void installedSnapshotReplacesLogAndEntriesButNotMetadata() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        Stages.join(persistence.saveMetadata(bytes("stays")));
        append(persistence, model, mixed(new RecordChain(RecordId.NONE), 1, 900));
        commit(persistence, model, 800);

        install(persistence, model, LABEL, snapshot(500, 40_000));

        assertThat(Stages.failureOf(persistence.append(
                        new RecordChain(model.at(40_000)).puts(2).subList(1, 2))))
                .as("the next record follows the label")
                .isInstanceOf(IllegalArgumentException.class);
        needsSurvival();
        persistence.close();
        Persistence next = persistence();
        assertThat(open(next)).contains(bytes("stays"));
        model.assertHeldBy(recover(next));
    }

    /** S7, P18: what is damaged stays as it is until another state is in its place, however often the store is opened. */
    @Test
    final void damagedStoreKeepsItsMetadataAndTakesAnotherNodesState() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        Stages.join(persistence.saveMetadata(bytes("stays")));
        append(persistence, model, mixed(new RecordChain(RecordId.NONE), 1, 900));
        persistence.close();
        needs(damageRecords(), "damage that can be repaired");

        Persistence damaged = openDamaged("stays");
        assertThat(failureOf(() -> damaged.append(new RecordChain(model.last()).puts(1))))
                .isInstanceOf(CorruptLogException.class);
        assertThat(failureOf(() -> damaged.truncateAfter(model.last().lsn()))).isInstanceOf(CorruptLogException.class);
        damaged.committed(1, () -> StoreModel.stateAt(1));
        Stages.join(damaged.saveMetadata(bytes("changes")));
        Stages.join(damaged.installSnapshot().add(snapshot(50, 40_000))); // not to the end
        damaged.close();

        Persistence again = openDamaged("changes");
        StoreModel refilled = new StoreModel();
        install(again, refilled, LABEL, snapshot(100, 40_000));
        append(again, refilled, mixed(new RecordChain(LABEL), 3, 50));
        commit(again, refilled, 40_020);
        again.close();
        Persistence whole = persistence();
        assertThat(open(whole)).contains(bytes("changes"));
        refilled.assertHeldBy(recover(whole));
    }

    /** Not even a log without records is anything but another state. */
    @Test
    final void damagedStoreMayBeginWithAnEmptyState() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        append(persistence, new StoreModel(), mixed(new RecordChain(RecordId.NONE), 1, 900));
        persistence.close();
        needs(damageRecords(), "damage that can be repaired");

        Persistence damaged = persistence();
        open(damaged);
        assertThat(failureOf(() -> damaged.recover(new RecoveredStore()))).isInstanceOf(CorruptLogException.class);
        StoreModel model = new StoreModel();
        install(damaged, model, RecordId.NONE, List.of());
        append(damaged, model, mixed(new RecordChain(RecordId.NONE), 2, 30));

        restart(damaged, model);
    }

    private Persistence openDamaged(String metadata) throws Exception {
        Persistence damaged = persistence();
        assertThat(open(damaged)).contains(bytes(metadata));
        assertThat(failureOf(() -> damaged.recover(new RecoveredStore()))).isInstanceOf(CorruptLogException.class);
        return damaged;
    }

    @Test
    final void recordsFollowTheLabel() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        install(persistence, model, LABEL, snapshot(300, 40_000));
        RecordChain chain = new RecordChain(LABEL);

        append(persistence, model, mixed(chain, 1, 700));
        commit(persistence, model, 40_600);
        persistence = restart(persistence, model);
        Stages.join(persistence.truncateAfter(40_600));
        model.truncateAfter(40_600);
        chain.rewind(model.last());
        append(persistence, model, mixed(chain, 2, 20));
        commit(persistence, model, 40_620);

        restart(persistence, model);
    }

    @Test
    final void laterEntriesReplaceAndRemoveEarlierOnes() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        List<SnapshotEntry> entries = snapshot(20, 40_000);
        entries.add(entry("k3", "newer", 40_000));
        entries.add(entry("k4", null, 39_000));
        entries.add(entry("never there", null, 39_000));
        entries.add(entry("k5", null, 39_000));
        entries.add(entry("k5", "back", 39_500));

        install(persistence, model, LABEL, entries);

        restart(persistence, model);
    }

    @Test
    final void emptySnapshotIsASnapshot() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        append(persistence, model, mixed(new RecordChain(RecordId.NONE), 1, 400));
        commit(persistence, model, 400);

        install(persistence, model, LABEL, List.of());

        restart(persistence, model);
    }

    @Test
    final void oneSnapshotReplacesTheOther() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        install(persistence, model, LABEL, snapshot(2_500, 40_000));

        RecordId newer = new RecordId(8, 50_000, 77);
        install(persistence, model, newer, snapshot(10, 50_000));
        persistence = restart(persistence, model);
        RecordId lower = new RecordId(9, 30_000, 78);
        install(persistence, model, lower, snapshot(30, 30_000)); // another store's history may be shorter

        restart(persistence, model);
    }

    @Test
    final void abortedInstallationLeavesTheStoreAsItWas() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, mixed(chain, 1, 400));
        commit(persistence, model, 400);

        SnapshotInstallation installation = persistence.installSnapshot();
        Stages.join(installation.add(snapshot(500, 40_000)));
        installation.abort();
        append(persistence, model, chain.puts(1));

        persistence = restart(persistence, model);
        install(persistence, model, LABEL, snapshot(3, 40_000)); // none of the aborted one's entries show
        restart(persistence, model);
    }

    @Test
    final void unfinishedInstallationLeavesTheStoreAsItWas() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        append(persistence, model, mixed(new RecordChain(RecordId.NONE), 1, 400));
        commit(persistence, model, 300);

        Stages.join(persistence.installSnapshot().add(snapshot(1_500, 40_000)));

        persistence = restart(persistence, model);
        install(persistence, model, LABEL, snapshot(3, 40_000));
        restart(persistence, model);
    }

    @Test
    final void callsGoOnBesideAnInstallation() throws Exception {
        needsSurvival();
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        append(persistence, model, mixed(chain, 1, 300));
        SnapshotInstallation installation = persistence.installSnapshot();
        for (int i = 0; i < 5; i++) {
            Stages.join(installation.add(snapshot(100, 40_000)));
            append(persistence, model, mixed(chain, i, 100));
            commit(persistence, model, model.last().lsn());
        }
        Stages.join(persistence.saveMetadata(bytes("meanwhile")));
        installation.abort();

        persistence.close();
        Persistence next = persistence();
        assertThat(open(next)).contains(bytes("meanwhile"));
        model.assertHeldBy(recover(next));
    }

    @Test
    final void abortAfterCommitIsHarmless() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        SnapshotInstallation installation = persistence.installSnapshot();
        List<SnapshotEntry> entries = snapshot(50, 40_000);
        Stages.join(installation.add(entries));
        Stages.join(installation.commit(LABEL, StoreModel.stateAt(LABEL.lsn())));
        model.install(LABEL, entries);

        installation.abort();
        installation.abort();

        append(persistence, model, new RecordChain(LABEL).puts(1));
        restartIfItSurvives(persistence, model);
    }

    @Test
    final void oneInstallationAtATime() throws Exception {
        Persistence persistence = openEmpty();
        SnapshotInstallation first = persistence.installSnapshot();

        assertThat(failureOf(() -> {
                    persistence.installSnapshot();
                    return CompletableFuture.completedStage(null);
                }))
                .isInstanceOf(IllegalStateException.class);

        first.abort();
        persistence.installSnapshot().abort();
    }

    @Test
    final void powerLossBeforeTheCommitLeavesTheOldState() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        append(persistence, model, mixed(new RecordChain(RecordId.NONE), 1, 400));
        commit(persistence, model, 300);
        Stages.join(persistence.installSnapshot().add(snapshot(1_500, 40_000)));

        persistence = reopen(needsPowerLoss(), model);

        install(persistence, model, LABEL, snapshot(3, 40_000));
        restart(persistence, model);
    }

    @Test
    final void powerLossAfterTheCommitLeavesTheNewState() throws Exception {
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        append(persistence, model, mixed(new RecordChain(RecordId.NONE), 1, 400));
        commit(persistence, model, 300);
        install(persistence, model, LABEL, snapshot(3_000, 40_000));

        persistence = reopen(needsPowerLoss(), model);

        append(persistence, model, new RecordChain(LABEL).puts(1));
        restart(persistence, model);
    }

    /** Installs a snapshot in several parts, and tells the model. */
    static void install(Persistence persistence, StoreModel model, RecordId label, List<SnapshotEntry> entries) {
        SnapshotInstallation installation = persistence.installSnapshot();
        for (int from = 0; from < entries.size(); from += 400) {
            Stages.join(installation.add(entries.subList(from, Math.min(entries.size(), from + 400))));
        }
        Stages.join(installation.commit(label, StoreModel.stateAt(label.lsn())));
        model.install(label, entries);
    }

    /** Entries {@code k0…} of two maps, at versions up to {@code lsn}. */
    static List<SnapshotEntry> snapshot(int count, long lsn) {
        List<SnapshotEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(entry("k" + i, "snapshot value " + i, lsn - i));
            if (i % 5 == 0) {
                entries.add(new SnapshotEntry(2, bytes("k" + i), bytes(""), lsn - i, 10_000 + i));
            }
        }
        return entries;
    }

    private static SnapshotEntry entry(String key, @Nullable String value, long version) {
        ByteBuffer bytes = value == null ? null : bytes(value);
        return new SnapshotEntry(1, bytes(key), bytes, version, 0);
    }
}
