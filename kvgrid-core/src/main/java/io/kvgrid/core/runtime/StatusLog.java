package io.kvgrid.core.runtime;

import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.core.replication.ReplicaStatus;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what an operator wants to know of a member: each change of its role, the epoch and the in-sync set, and once a
 * second how far a join is while it lasts. Used by the loop only.
 */
final class StatusLog {
    private static final Logger log = LoggerFactory.getLogger(StatusLog.class);
    private static final long REPORT_NANOS = 1_000_000_000;

    private final NodeId node;
    private final Loop loop;
    private String logged = "";
    private boolean receiving;
    private long reportedNanos;

    StatusLog(NodeId node, Loop loop) {
        this.node = node;
        this.loop = loop;
    }

    void onStatus(ReplicaStatus status) {
        String place = status.role() + status.config().map(StatusLog::text).orElse("");
        if (!place.equals(logged)) {
            logged = place;
            log.info("node '{}' is {}", node, place);
            status.config()
                    .filter(config -> config.cv() == 1 && config.epoch() > 1)
                    .ifPresent(this::warnOfForce);
        }
        status.progress()
                .filter(progress -> progress.bytes() > 0)
                .ifPresentOrElse(this::report, () -> receiving = false);
    }

    private void warnOfForce(GridConfig config) {
        log.warn(
                "node '{}' HAS BEGUN A NEW LINEAGE BY FORCE, {}: what other nodes had acknowledged beyond this node's data is"
                        + " given up; nodes of the old lineage need empty directories",
                node,
                config.lineageId());
    }

    private static String text(GridConfig config) {
        return config.members().stream()
                .map(Member::nodeId)
                .map(NodeId::value)
                .sorted()
                .collect(Collectors.joining(
                        ", ", " in epoch " + config.epoch() + " of primary '" + config.primary() + "', in sync: ", ""));
    }

    private void report(GridView.Progress progress) {
        long now = loop.nanoTime();
        if (!receiving || now - reportedNanos >= REPORT_NANOS) {
            receiving = true;
            reportedNanos = now;
            log.info(
                    "node '{}' is {}: {} entries, {} bytes so far",
                    node,
                    progress.phase(),
                    progress.records(),
                    progress.bytes());
        }
    }
}
