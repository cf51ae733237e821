package io.kvgrid.core.runtime;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why this node and its peers do not get together. Each reason is logged once, not at each attempt to connect again; the
 * last one is told to those whose operations wait for a role in vain. Any thread.
 */
final class Refusals {
    private static final Logger log = LoggerFactory.getLogger(Refusals.class);
    /** No stranger can fill this node's memory with reasons. */
    private static final int MAX_REASONS = 256;

    private final Set<String> logged = ConcurrentHashMap.newKeySet();
    private volatile @Nullable String last;

    /**
     * One side has refused the other.
     *
     * @param who refused whom; a sentence
     * @param reason printable
     */
    void refused(String who, String reason) {
        last = who + ": " + reason;
        if (logged.size() < MAX_REASONS && logged.add(reason)) {
            log.warn("{}: {}", who, reason);
        }
    }

    /** A peer and this node accept each other: what others say is not what keeps this node out. */
    void accepted() {
        last = null;
        logged.clear();
    }

    /** What is told to an operation whose deadline came before this node had a role. */
    String noRole() {
        return "this node had no role in the grid within the deadline" + reason();
    }

    /** The last refusal, to be put behind a sentence; empty if there is none. */
    String reason() {
        String present = last;
        return present == null ? "" : "; " + present;
    }
}
