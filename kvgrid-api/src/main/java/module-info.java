import org.jspecify.annotations.NullMarked;

/** What applications and plug-in authors compile against. */
@NullMarked
module io.kvgrid.api {
    requires static transitive org.jspecify;

    exports io.kvgrid;
    exports io.kvgrid.spi;
    exports io.kvgrid.spi.arbiter;
    exports io.kvgrid.spi.persistence;
    exports io.kvgrid.spi.serialization;
    exports io.kvgrid.spi.transport;

    uses io.kvgrid.spi.GridNodeProvider;
}
