import org.jspecify.annotations.NullMarked;

/** What applications and plug-in authors compile against. */
@NullMarked
module io.kvgrid.api {
    requires static transitive org.jspecify;

    exports io.kvgrid;
}
