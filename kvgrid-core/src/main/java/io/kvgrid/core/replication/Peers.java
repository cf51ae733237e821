package io.kvgrid.core.replication;

import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.LogRange;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The nodes that have asked the primary to join, each in the run that asked last, whether they are in S by now or not. */
final class Peers {
    private final ReplicaContext context;
    private final TreeMap<NodeId, Progress> progress = new TreeMap<>();

    Peers(ReplicaContext context) {
        this.context = context;
    }

    /** All of them, in the order of their ids. */
    Collection<Progress> all() {
        return Collections.unmodifiableCollection(progress.values());
    }

    /** What is known of that very store and run of the node; null if nothing is (P7, P12). */
    @Nullable
    Progress of(Member member) {
        Progress known = progress.get(member.nodeId());
        return known != null && context.rules.isSameRun(known.member(), member) ? known : null;
    }

    /** What is known of the run of {@code node} that a connection leads to; null if it has not asked to join. */
    @Nullable
    Progress connected(NodeId node) {
        Progress known = progress.get(node);
        return known != null && known.member().bootId().equals(context.connected.get(node)) ? known : null;
    }

    /** A node asks to join (again); returns its progress if that run is new here. */
    @Nullable
    Progress join(NodeId from, Member member) {
        if (!member.nodeId().equals(from)
                || !member.bootId().equals(context.connected.get(from))
                || !isNewestRun(member)) {
            return null;
        }
        Progress known = progress.get(from);
        if (known != null && known.member().equals(member)) {
            known.heard();
            known.restart();
            return null;
        }
        Progress fresh = new Progress(context, member);
        progress.put(from, fresh);
        return fresh;
    }

    /** P7: a directory that was copied or restored starts with a count that was used before. */
    private boolean isNewestRun(Member member) {
        return context.requireConfig()
                .member(member.nodeId())
                .map(recorded -> recorded.equals(member)
                        || !recorded.storeId().equals(member.storeId())
                        || recorded.isRenewedBy(member))
                .orElse(true);
    }

    void onLogRead(LogQuery.Read question, Optional<LogRange> range) {
        progress.values().forEach(each -> each.onLogRead(question, range));
    }

    void onConnected(NodeId peer) {
        Progress known = progress.get(peer);
        if (known != null) {
            known.probe();
        }
    }

    /** Forgets who was removed since {@code before}: it asks again if it lives. */
    void forgetRemoved(GridConfig before) {
        for (Member member : before.members()) {
            if (of(member) != null && !context.requireConfig().contains(member.nodeId())) {
                progress.remove(member.nodeId());
            }
        }
    }

    /** Asks those that have not said where their logs end, again if need be. */
    void probe() {
        progress.values().forEach(Progress::probe);
    }

    /** Sends each what it lacks, as far as it may be sent. */
    void sendMore() {
        long commitLsn = context.state.commitLsn();
        progress.values().forEach(each -> each.sendMore(commitLsn));
    }

    void sendBeacon(long sentNanos, long gridTimeMillis) {
        for (Progress each : progress.values()) {
            context.send(
                    each.member().nodeId(),
                    new Message.Heartbeat(sentNanos, each.sentLsn(), context.state.commitLsn(), gridTimeMillis));
        }
    }

    /** Tells those that follow what their state should be, by the newest that they can compare (P38). */
    void sendDigest() {
        GridView.StateDigest digest = context.committed.digest();
        if (digest.lsn() < context.state.last().lsn()) { // more is coming: the next that others remember, too
            long lsn = digest.lsn() - digest.lsn() % CommittedState.DIGEST_EVERY;
            OptionalLong remembered = context.committed.digestAt(lsn);
            if (remembered.isEmpty()) {
                return;
            }
            digest = new GridView.StateDigest(lsn, remembered.getAsLong());
        }
        for (Progress each : progress.values()) {
            each.sendDigest(digest);
        }
    }

    /** Keeps what any of them still needs, on disk if it can be read back from there, else in memory, up to a cap (P34). */
    void pin() {
        if (context.readsLog) {
            long neededOnDisk = Long.MAX_VALUE;
            for (Progress each : progress.values()) {
                neededOnDisk = Math.min(neededOnDisk, each.neededOnDiskLsn());
            }
            context.keepLog(neededOnDisk);
            return;
        }
        boolean tooMuch = context.state.releasableBytes() > context.settings.pinnedBytes();
        long needed = Long.MAX_VALUE;
        for (Progress each : progress.values()) {
            if (tooMuch && each.isReceivingSnapshot()) {
                each.startAgain();
            }
            needed = Math.min(needed, each.neededLsn());
        }
        context.state.pin(tooMuch ? Long.MAX_VALUE : needed);
    }
}
