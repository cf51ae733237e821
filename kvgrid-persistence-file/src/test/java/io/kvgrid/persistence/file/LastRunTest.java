package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.RecoveryReport.LastRun;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A recovery says how the run before it ended: the clean mark and the boot id of the side file tell (S8). */
class LastRunTest {
    private static final BootId ANOTHER = new BootId(47, 11);

    private final SimDisk disk = new SimDisk();

    @Test
    void newStoreHadNoRun() {
        assertThat(lastRun(disk)).isEqualTo(LastRun.NONE);
    }

    @Test
    void closedStoreWasClosedWhateverHappenedToTheSystemSince() throws Exception {
        SimStore.open(disk).close();
        setBootId(disk, ANOTHER);

        assertThat(lastRun(disk)).isEqualTo(LastRun.CLOSED);
    }

    @Test
    void storeThatWasNotClosedWasKilled() {
        SimDisk killed = copyOfAnOpenStore();

        assertThat(lastRun(killed)).isEqualTo(LastRun.KILLED);
    }

    @Test
    void storeThatWasNotClosedBeforeTheSystemStartedAgainHasLostWhatWasNotForced() throws Exception {
        SimDisk killed = copyOfAnOpenStore();
        setBootId(killed, ANOTHER);

        assertThat(lastRun(killed)).isEqualTo(LastRun.SYSTEM_RESTARTED);
    }

    @Test
    void systemThatDoesNotTellItsRunsIsNotSaidToHaveRestarted() throws Exception {
        SimDisk killed = copyOfAnOpenStore();
        setBootId(killed, BootId.UNKNOWN);

        assertThat(lastRun(killed)).isEqualTo(LastRun.KILLED);
    }

    @Test
    void nextRunHasItsOwnEnd() throws Exception {
        SimDisk killed = copyOfAnOpenStore();
        setBootId(killed, ANOTHER);
        SimStore.open(killed).close();

        assertThat(lastRun(killed)).isEqualTo(LastRun.CLOSED);
    }

    private SimDisk copyOfAnOpenStore() {
        try (SimStore store = SimStore.open(disk)) {
            SimStore.get(store.persistence.append(new Chain().puts(1, 10)));
            return disk.copy();
        }
    }

    private static LastRun lastRun(SimDisk disk) {
        try (SimStore store = SimStore.open(disk)) {
            return store.report.lastRun();
        }
    }

    private static void setBootId(SimDisk disk, BootId bootId) throws IOException, Damage {
        try (ReplicaMeta meta = ReplicaMeta.open(disk)) {
            meta.save(meta.mark(), bootId);
        }
    }
}
