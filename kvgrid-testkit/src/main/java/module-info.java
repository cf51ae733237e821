import org.jspecify.annotations.NullMarked;

/** Contract suites for the plug-in interfaces, and in-memory reference implementations. */
@NullMarked
module io.kvgrid.testkit {
    requires transitive io.kvgrid.api;
    requires transitive org.junit.jupiter.api;
    requires org.assertj.core;

    exports io.kvgrid.testkit;
    exports io.kvgrid.testkit.history;

    opens io.kvgrid.testkit;
}
