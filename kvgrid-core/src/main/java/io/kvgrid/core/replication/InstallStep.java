package io.kvgrid.core.replication;

import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.List;

/** A step of taking in another node's state, beside the present one (P33). */
public sealed interface InstallStep {
    /** Give up what was begun, if anything, and begin anew. */
    record Begin() implements InstallStep {}

    /** Add entries; one counts only if its version is above what was added for its key. {@link Input.SnapshotAdded} follows. */
    record Add(int number, List<SnapshotEntry> entries) implements InstallStep {}

    /** Make it the node's state, on disk and for reads, atomically. {@link Input.SnapshotInstalled} follows. */
    record Commit(RecordId label, ByteBuffer state) implements InstallStep {}
}
