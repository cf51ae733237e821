package io.kvgrid.core.replication;

import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.core.message.Message;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes in a snapshot beside the present state (P33). Chunks are acknowledged when they have been taken, in order; one
 * that comes twice or too early changes nothing.
 */
final class SnapshotReceiver {
    private final ReplicaContext context;
    private boolean active;
    private long snapshotId;
    private @Nullable NodeId from;
    /** The transfer that was put in place last, if one was. */
    private boolean installed;

    private long installedId;
    /** The number of the next message of the transfer. */
    private int expected;
    /** Chunks up to here are stored. */
    private int added = -1;

    private Message.@Nullable SnapshotEnd end;
    private long heardNanos;
    private long entries;
    private long bytes;

    SnapshotReceiver(ReplicaContext context) {
        this.context = context;
    }

    /** Whether a transfer has begun and is not in place yet: nothing may be served or acknowledged. */
    boolean isActive() {
        return active;
    }

    /** Whether all of it has come and is being put in place. */
    boolean isInstalling() {
        return end != null;
    }

    /** Whether it makes progress, so that asking again would only disturb it. */
    boolean isProgressing() {
        return active && (end != null || !context.hasPassed(heardNanos, context.settings.leaseNanos()));
    }

    Optional<GridView.Progress> progress() {
        return active ? Optional.of(new GridView.Progress("receiving snapshot", entries, bytes, 0)) : Optional.empty();
    }

    void onChunk(NodeId sender, Message.SnapshotChunk chunk) {
        if (end != null || isInstalled(chunk.snapshotId())) {
            return;
        }
        if (!active || chunk.snapshotId() != snapshotId) {
            if (chunk.number() != 0) {
                return;
            }
            begin(sender, chunk.snapshotId());
        }
        if (chunk.number() > expected) {
            return; // it does not count as progress: late copies may have begun this transfer after a part of it was
            // lost
        }
        heardNanos = context.nowNanos;
        if (chunk.number() == expected) {
            expected++;
            entries += chunk.entries().size();
            chunk.entries().forEach(entry -> bytes += entry.length());
            context.effects.install(new InstallStep.Add(chunk.number(), chunk.entries()));
            context.effects.viewChanged();
        } else if (chunk.number() <= added) {
            context.send(sender, new Message.SnapshotAck(snapshotId, added));
        }
    }

    void onEnd(NodeId sender, Message.SnapshotEnd footer) {
        if (end != null || isInstalled(footer.snapshotId())) {
            return;
        }
        if (footer.label().lsn() < context.state.last().lsn()) {
            active &= footer.snapshotId() != snapshotId;
            return; // a late one: it would take back what was acknowledged in this epoch (P16)
        }
        if (footer.number() == 0 && (!active || footer.snapshotId() != snapshotId)) {
            begin(sender, footer.snapshotId()); // a grid without entries
        }
        if (active && footer.snapshotId() == snapshotId && footer.number() == expected) {
            end = footer;
            context.effects.install(new InstallStep.Commit(footer.label(), footer.state()));
        }
    }

    private void begin(NodeId sender, long id) {
        active = true;
        from = sender;
        snapshotId = id;
        expected = 0;
        added = -1;
        entries = 0;
        bytes = 0;
        heardNanos = context.nowNanos;
        context.effects.install(new InstallStep.Begin());
    }

    void onAdded(int number) {
        NodeId sender = from;
        if (active && end == null && sender != null && number == added + 1 && number < expected) {
            added = number;
            context.send(sender, new Message.SnapshotAck(snapshotId, number));
        }
    }

    /** Whether this is the end of the transfer that is in place, sent again since the answer was lost. */
    boolean isRepeated(Message.SnapshotEnd footer) {
        return !active && isInstalled(footer.snapshotId());
    }

    private boolean isInstalled(long id) {
        return installed && id == installedId;
    }

    /** Another epoch: what has come so far is of no use, unless it is being put in place already. */
    void reset() {
        if (end == null) {
            active = false;
        }
    }

    /**
     * The state and the log are replaced.
     *
     * @return whether a transfer was waiting for this
     */
    boolean onInstalled() {
        Message.SnapshotEnd footer = end;
        if (footer == null) {
            return false;
        }
        context.state.base(footer.label(), footer.state());
        context.flushedLsn(footer.label().lsn());
        context.applied = footer.label();
        installed = true;
        installedId = snapshotId;
        active = false;
        end = null;
        return true;
    }
}
