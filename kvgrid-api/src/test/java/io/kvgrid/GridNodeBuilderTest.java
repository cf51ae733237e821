package io.kvgrid;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class GridNodeBuilderTest {
    private final GridNodeBuilder<String, String> builder = GridNode.builder("grid", String.class, String.class);

    @Test
    void peersNeedAnArbiter() {
        assertThatIllegalStateException()
                .isThrownBy(() -> builder.peers("127.0.0.1:7401").start())
                .withMessageContaining("EmbeddedArbiter.hosted()")
                .withMessageContaining("EmbeddedArbiter.at(");
    }

    @Test
    void listeningBeyondLoopbackNeedsAnExplicitWord() { // X8
        for (String host : new String[] {"0.0.0.0", "192.0.2.1", "host.invalid"}) {
            GridNodeBuilder<String, String> open =
                    GridNode.builder("grid", String.class, String.class).listen(host, 7400);

            assertThatIllegalStateException().isThrownBy(open::start).withMessageContaining("insecure()");
            assertThatMissingProviderIsNamed(open.insecure());
        }
    }

    @Test
    void loopbackAndNoPortNeedNone() {
        assertThatMissingProviderIsNamed(GridNode.builder("grid", String.class, String.class));
        assertThatMissingProviderIsNamed(builder.listen("127.0.0.1", 0));
        assertThatMissingProviderIsNamed(builder.listen("::1", 0));
    }

    @Test
    void wrongSettingsAreRefusedAtOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> GridNode.builder("a/b", String.class, String.class));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.nodeId(".."));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.listen("127.0.0.1", 65_536));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.operationTimeout(Duration.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.operationTimeout(Duration.ofSeconds(Long.MAX_VALUE)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.lease(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.minInSync(0));
        for (String address : new String[] {"host", ":1", "host:", "host:x", "host:65536", "host:-1"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.peers(address))
                    .withMessageContaining("'" + address + "'");
        }
    }

    /** This module has no implementation beside it: everything that can be checked before was accepted. */
    private static void assertThatMissingProviderIsNamed(GridNodeBuilder<String, String> builder) {
        assertThatIllegalStateException()
                .isThrownBy(builder::start)
                .withMessageContaining("io.kvgrid:kvgrid-core")
                .withMessageContaining("GridNodeProvider");
    }
}
