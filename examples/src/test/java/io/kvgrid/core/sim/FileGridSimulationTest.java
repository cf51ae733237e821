package io.kvgrid.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A simulated grid whose nodes keep their data in real files, through crashes of any of them. */
class FileGridSimulationTest {
    /** The simulated disk would lose or fail what the files have. */
    private static final Set<Fault> NOT_THOSE_OF_DISKS = EnumSet.of(
            Fault.LOST_UNFORCED,
            Fault.RETRYABLE_FAILURE,
            Fault.FATAL_FAILURE,
            Fault.WIPED_DISK,
            Fault.OLD_DISK_RESTORE,
            Fault.DAMAGE_WHILE_RUNNING,
            Fault.DAMAGE_WHILE_STOPPED,
            Fault.MISPLACED_BLOCKS,
            Fault.MANY_JOINERS,
            Fault.DUPLICATE_NODE_ID); // both would use one directory

    @ParameterizedTest
    @ValueSource(longs = {3, 4, 5})
    void gridOverFilesKeepsItsPromises(long seed, @TempDir Path root) {
        try (FileStores stores = new FileStores(root)) {
            SimReport report = Simulation.run(seed, SimParts.real().withPersistence(stores::over), NOT_THOSE_OF_DISKS);

            assertThat(report.acknowledged()).isGreaterThan(100);
        }
    }
}
