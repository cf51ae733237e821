import org.jspecify.annotations.NullMarked;

/** The append-only segmented log, snapshots, recovery, and the log tool. */
@NullMarked
module io.kvgrid.persistence.file {
    requires transitive io.kvgrid.api;
    requires org.slf4j;

    exports io.kvgrid.persistence.file;

    provides io.kvgrid.spi.persistence.PersistenceProvider with
            io.kvgrid.persistence.file.FilePersistenceProvider;
}
