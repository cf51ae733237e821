package io.kvgrid.persistence.file;

import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file of which every byte is known to be forced, and which nothing changes any more: the snapshot, or a sealed
 * segment. Exactly one of the two is there.
 */
record ColdFile(@Nullable SnapshotInfo snapshot, @Nullable SegmentInfo segment) {
    /** The file of {@code manifest} with the lowest id above {@code id}; ids are never used twice. */
    static Optional<ColdFile> after(Manifest manifest, long id) {
        return of(manifest).filter(file -> file.id() > id).min(Comparator.comparingLong(ColdFile::id));
    }

    /** Those that are kept for peers alone are proved when they are read. */
    private static Stream<ColdFile> of(Manifest manifest) {
        return Stream.concat(
                Stream.ofNullable(manifest.snapshot()).map(snapshot -> new ColdFile(snapshot, null)),
                manifest.needed().stream().filter(SegmentInfo::sealed).map(segment -> new ColdFile(null, segment)));
    }

    /** Whether {@code manifest} has this file, as it is here. One that was cut meanwhile is another one. */
    boolean isIn(Manifest manifest) {
        return of(manifest).anyMatch(this::equals);
    }

    long id() {
        return snapshot != null ? snapshot.id() : segment != null ? segment.id() : 0;
    }

    String name() {
        return snapshot != null ? snapshot.fileName() : segment != null ? segment.fileName() : "";
    }

    /**
     * Reads the file and proves every byte of it, as a recovery does.
     *
     * @throws Damage if it is not what was written
     */
    void prove(Disk disk, ReadWindow window) throws IOException, Damage {
        if (snapshot != null) {
            SnapshotReader.read(disk, snapshot, window, SnapshotReader.PROOF);
        } else if (segment != null) {
            SegmentReader.prove(disk, segment, window);
        }
    }
}
