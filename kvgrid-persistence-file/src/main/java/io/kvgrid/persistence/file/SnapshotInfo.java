package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordId;

/**
 * What the manifest knows of the snapshot.
 *
 * @param label the last record whose effect the snapshot contains
 * @param footer position of its footer, without which it does not exist (P33)
 */
record SnapshotInfo(long id, long salt, RecordId label, long footer) {
    String fileName() {
        return FileNames.snapshot(id);
    }
}
