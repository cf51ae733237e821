package io.kvgrid.persistence.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Names one run of the operating system (S8): pages written but not forced survive the process, not that run. */
record BootId(long high, long low) {
    static final BootId UNKNOWN = new BootId(0, 0);

    private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");
    private static final BootId CURRENT = read();

    /** The present run's id; {@link #UNKNOWN} where the platform does not tell. */
    static BootId current() {
        return CURRENT;
    }

    private static BootId read() {
        try {
            UUID id = UUID.fromString(Files.readString(LINUX).strip());
            return new BootId(id.getMostSignificantBits(), id.getLeastSignificantBits());
        } catch (IOException | IllegalArgumentException e) {
            return UNKNOWN;
        }
    }
}
