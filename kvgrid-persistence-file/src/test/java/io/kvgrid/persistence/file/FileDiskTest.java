package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

    /** A large file is cut before it goes, but not under one who reads it. */
    @Test
    void deletedFileIsWholeForWhoHasItOpenOrLinked() throws Exception {
        FileDisk disk = new FileDisk(parent);
        byte[] content = new byte[5 << 20];
        Arrays.fill(content, (byte) 7);
        Files.write(parent.resolve("read"), content);
        Files.write(parent.resolve("linked"), content);
        Path link = Files.createLink(parent.resolve("link"), parent.resolve("linked"));
        try (DiskFile reading = disk.open("read")) {
            disk.delete("read");
            disk.delete("linked");

            ByteBuffer found = ByteBuffer.allocate(content.length + 1);
            assertThat(reading.readFully(found, 0)).isEqualTo(content.length);
            assertThat(Arrays.copyOf(found.array(), content.length)).isEqualTo(content);
        }
        assertThat(Files.readAllBytes(link)).isEqualTo(content);
        assertThat(disk.list()).containsExactly("link");
    }

    @Test
    void deletingWhatIsNotThereIsNoError() throws Exception {
        FileDisk disk = new FileDisk(parent);

        disk.delete("nothing");

        assertThat(disk.list()).isEmpty();
    }
}
