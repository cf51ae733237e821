package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest {
    @TempDir
    Path parent;

    /** The log thread and those in the background force one directory: the failure of one must stop them all (S2). */
    @Test
    void directoryThatCouldNotBeForcedIsNotForcedAgain() throws Exception {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"), "S10: not forced there");
        Path directory = Files.createDirectory(parent.resolve("store"));
        FileDisk disk = new FileDisk(directory);
        disk.force();
        Files.delete(directory);
        assertThatThrownBy(disk::force).isInstanceOf(IOException.class);
        Files.createDirectory(directory);

        assertThatThrownBy(disk::force)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("could not be forced before");
    }
}
