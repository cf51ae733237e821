package io.kvgrid.core.sim;

import io.kvgrid.GridView;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationId;
import io.kvgrid.Role;
import io.kvgrid.core.replication.ReplicaStatus;
import io.kvgrid.core.store.StoredEntry;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordKind;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What must hold in every simulated grid, whatever goes wrong. Each throws an {@link InvariantViolation} by its name. */
final class Invariants {
    private final Collection<SimNode> nodes;
    private final CommittedLog log = new CommittedLog();
    private final ConfigHistory configs = new ConfigHistory();
    private final HeldByAll held;
    /** What the first node that had come so far said of its state, by LSN. */
    private final Map<Long, Long> digests = new HashMap<>();

    private final Bounds bounds;

    Invariants(SimClock clock, Collection<SimNode> nodes, SimSettings settings) {
        this.nodes = nodes;
        bounds = new Bounds(clock, settings);
        held = new HeldByAll(log, nodes);
    }

    /** The one log that all agree on. */
    CommittedLog log() {
        return log;
    }

    /** A node has handed {@code record} to its disk. */
    void onWritten(LogRecord record) {
        log.onWritten(record);
    }

    /** The Arbiter has set {@code set}. */
    void onConfig(GridConfig set) {
        configs.onSet(set);
        held.onConfig(set);
    }

    /** {@code node} says that its disk, as it is now, is that store. */
    void onStore(SimNode node, UUID storeId) {
        held.onStore(node, storeId);
    }

    /** Looks at every node; called after each event. */
    void check() {
        for (SimNode node : nodes) {
            if (node.isUp()) {
                checkNode(node);
            }
        }
        held.check();
        bounds.check();
    }

    private void checkNode(SimNode node) {
        long applied = node.member().appliedLsn();
        long before = node.lastApplied();
        ReplicaStatus status = node.member().status();
        boolean hasRole = status.role() == Role.SECONDARY || status.role() == Role.PRIMARY;
        if (node.isRebuilt(hasRole)) {
            before = Math.min(before, applied);
        }
        if (applied < before) {
            throw new InvariantViolation(
                    "AppliedNeverGoesBackwards", node.id() + " went from " + before + " to " + applied);
        }
        if (applied > before) {
            node.lastApplied(applied);
            node.disk().idOf(applied).ifPresent(id -> log.onCommitted(node.id().value(), id));
            if (applied > log.lastLsn()) {
                throw new InvariantViolation(
                        "CommittedPrefixesAgree", node.id() + " applied " + applied + ", which nobody wrote");
            }
        }
        if (hasRole) {
            bounds.checkTail(node, applied);
            if (applied < node.lastShown()) {
                throw new InvariantViolation(
                        "ShownNeverGoesBackwards", node.id() + " shows " + applied + " after " + node.lastShown());
            }
            node.lastShown(applied);
        }
        if (node.isNewStatus(status)) {
            node.events().onAsked(status);
            status.config().ifPresent(followed -> configs.onFollowed(node.id(), followed));
            if (hasRole) {
                checkDigest(node, status.digest());
            }
            if (status.role() == Role.PRIMARY) {
                GridConfig led = status.config().orElseThrow();
                configs.onPrimary(node.id(), led.primaryBootId(), led.epoch());
            }
            if (status.role() == Role.FAILED && !node.mayFail()) {
                throw new InvariantViolation("NoUnexpectedFailure", node.id() + " failed: " + node.failure());
            }
        }
    }

    /** P38: whoever has applied as much has the same state. */
    private void checkDigest(SimNode node, GridView.StateDigest digest) {
        Long others = digests.putIfAbsent(digest.lsn(), digest.value());
        if (others != null && others != digest.value()) {
            throw new InvariantViolation(
                    "DigestsEqual",
                    node.id() + " has another state at " + digest.lsn() + " than others had: " + digest.value()
                            + ", not " + others);
        }
    }

    /** A client of {@code node} was told that {@code operation} was applied at {@code version}. */
    void onAcknowledged(SimNode node, OperationId operation, long version) {
        check();
        if (version > log.lastLsn() || !log.record(version).operation().equals(Optional.of(operation))) {
            throw new InvariantViolation(
                    "AcknowledgedWritesSurvive", operation + " was acknowledged at " + version + ", where it is not");
        }
        if (node.member().appliedLsn() < version) {
            throw new InvariantViolation(
                    "ReadYourWrites",
                    node.id() + " has applied " + node.member().appliedLsn() + " and acknowledged " + version);
        }
    }

    /** A client of {@code node} was told by {@code refusal} that {@code operation} had no effect and will have none. */
    void onNotApplied(SimNode node, OperationId operation, OperationFailedException refusal) {
        log.onRefused(operation, refusal.getClass().getSimpleName() + " on " + node.id());
    }

    /** The write whose value the record at {@code version} set; 0 for version 0, which is "no value". */
    long writeAt(long version) {
        check();
        if (version > log.lastLsn()) { // P21
            throw new InvariantViolation(
                    "ValuesReadableOnlyWhenCommitted",
                    "a condition was answered from version " + version + ", and no more than " + log.lastLsn()
                            + " is committed");
        }
        return version == 0 ? 0 : log.record(version).value().getLong();
    }

    /** {@code node} showed {@code found} for {@code key} to a reader who asked for its copy as it is. */
    void onPeek(SimNode node, ByteBuffer key, StoredEntry found) {
        check();
        requireSame(node, key, found, node.member().appliedLsn(), "AppliedStateIsTheLog");
    }

    /** {@code node} showed {@code found} for {@code key} to any reader. */
    void onRead(SimNode node, ByteBuffer key, StoredEntry found) {
        check();
        if (found.version() > log.lastLsn()) {
            throw new InvariantViolation(
                    "ValuesReadableOnlyWhenCommitted",
                    node.id() + " showed version " + found.version() + ", and no more than " + log.lastLsn()
                            + " is committed");
        }
        if (found.isPresent()) {
            requireSame(node, key, found, found.version(), "ValuesReadableOnlyWhenCommitted");
        }
    }

    /** {@code node} showed {@code found} to somebody who must not see what was there before {@code lsn}. */
    void onReadSince(SimNode node, ByteBuffer key, StoredEntry found, long lsn, String invariant) {
        boolean asThen = isSame(log.newest(key, lsn), found);
        boolean asLater = log.changesAfter(key, lsn).stream()
                .anyMatch(change -> isSame(Optional.of(change).filter(it -> it.kind() == RecordKind.PUT), found));
        if (!asThen && !asLater) {
            throw new InvariantViolation(
                    invariant,
                    node.id() + " shows " + found + ", which is not what the log says at " + lsn + " or later: "
                            + log.newest(key, lsn) + ", " + log.changesAfter(key, lsn));
        }
    }

    /** At the end: all of {@code live} have applied the same, and their copies are what the log says. */
    void checkEqual(List<SimNode> live, List<ByteBuffer> keys) {
        check();
        for (SimNode node : live) {
            if (node.member().appliedLsn() != log.lastLsn()) {
                throw new InvariantViolation(
                        "StatesEqualAtTheEnd",
                        node.id() + " has applied " + node.member().appliedLsn() + " of " + log.lastLsn());
            }
            if (node.member().entries() != log.entries(log.lastLsn())) {
                throw new InvariantViolation(
                        "StatesEqualAtTheEnd",
                        node.id() + " has " + node.member().entries() + " entries, the log "
                                + log.entries(log.lastLsn()));
            }
            checkDigest(node, node.member().status().digest());
            for (ByteBuffer key : keys) {
                requireSame(node, key, node.peek(key), log.lastLsn(), "StatesEqualAtTheEnd");
            }
        }
    }

    private void requireSame(SimNode node, ByteBuffer key, StoredEntry found, long lsn, String invariant) {
        Optional<LogRecord> expected = log.newest(key, lsn);
        if (!isSame(expected, found)) {
            throw new InvariantViolation(
                    invariant, node.id() + " shows " + found + ", the log at " + lsn + " says " + expected);
        }
    }

    private static boolean isSame(Optional<LogRecord> expected, StoredEntry found) {
        return expected.isEmpty()
                ? !found.isPresent()
                : found.isPresent()
                        && found.version() == expected.get().lsn()
                        && found.bytes().equals(expected.get().value());
    }
}
