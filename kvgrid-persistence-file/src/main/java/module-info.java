import org.jspecify.annotations.NullMarked;

/** The append-only segmented log, snapshots, recovery, and the log tool. */
@NullMarked
module io.kvgrid.persistence.file {
    requires transitive io.kvgrid.api;
    requires static info.picocli; // for LogTool alone
    requires org.slf4j;

    exports io.kvgrid.persistence.file;

    opens io.kvgrid.persistence.file to
            info.picocli;

    provides io.kvgrid.spi.persistence.PersistenceProvider with
            io.kvgrid.persistence.file.FilePersistenceProvider;
}
