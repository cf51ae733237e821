package io.kvgrid.examples.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real disk that is really full (S15, S16): a small tmpfs. Skipped where none can be mounted. */
@Timeout(120)
class RealFullDiskTest {
    @TempDir
    Path directory;

    @Test
    void storeRefusesAndGoesOnAndLosesNothing() throws Exception {
        String output = SmallDisk.run(directory, "2m", StoreOnFullDisk.class);

        System.out.println("INJECTED full disk: " + output);
        assertThat(output).matches("[1-9]\\d{2,} records acknowledged, [1-9]\\d* refused, none lost");
    }

    @Test
    void nodeLivesAndGoesOnWhenThereIsRoomAgain() throws Exception {
        String output = SmallDisk.run(directory, "2m", NodeOnFullDisk.class);

        System.out.println("INJECTED full disk: " + output);
        assertThat(output).matches("[1-9]\\d{2,} inserts acknowledged, [1-9]\\d* not, none lost");
    }
}
