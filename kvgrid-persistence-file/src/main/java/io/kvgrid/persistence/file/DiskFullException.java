package io.kvgrid.persistence.file;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** There is no room for a new file. A normal result (S15): nothing that exists was touched. */
final class DiskFullException extends IOException {
    private static final long serialVersionUID = 1L;

    DiskFullException(String directory, long needed, long usable, @Nullable IOException cause) {
        super("no room in " + directory + ": " + needed + " bytes are needed, " + usable + " are left", cause);
    }

    /** What a failure to make a new file of {@code bytes} bytes means: a full disk, or else just itself. */
    static IOException orElse(IOException failure, Disk disk, long bytes) throws IOException {
        long usable = disk.usableBytes();
        return usable < bytes + Reserve.SLACK_BYTES
                ? new DiskFullException(disk.path(""), bytes, usable, failure)
                : failure;
    }
}
