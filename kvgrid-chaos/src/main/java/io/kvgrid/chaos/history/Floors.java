package io.kvgrid.chaos.history;

import java.util.HashMap;
import java.util.Map;

/** For one run of a node, the version of each key below which it must not show anything any more. Not thread-safe. */
public final class Floors {
    private final Map<String, Long> versions = new HashMap<>();

    /** 0 if the node has not shown anything yet. */
    long of(String key) {
        return versions.getOrDefault(key, 0L);
    }

    void raise(String key, long version) {
        versions.merge(key, version, Math::max);
    }
}
