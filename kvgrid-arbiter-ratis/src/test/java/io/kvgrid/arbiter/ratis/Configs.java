package io.kvgrid.arbiter.ratis;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.util.UUID;

/** Configurations for tests. */
final class Configs {
    private Configs() {}

    static GridConfig first() {
        return GridConfig.first(UUID.randomUUID(), member("a"), 0, UUID.randomUUID());
    }

    /** The one after {@code config}. */
    static GridConfig after(GridConfig config) {
        return config.reaffirmed(UUID.randomUUID());
    }

    static Member member(String node) {
        return new Member(new NodeId(node), UUID.randomUUID(), UUID.randomUUID(), 1, "127.0.0.1:7400");
    }
}
