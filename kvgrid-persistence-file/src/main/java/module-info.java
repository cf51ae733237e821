import org.jspecify.annotations.NullMarked;

/** The append-only segmented log, snapshots, recovery, and the log tool. */
@NullMarked
module io.kvgrid.persistence.file {
    requires transitive io.kvgrid.api;
}
