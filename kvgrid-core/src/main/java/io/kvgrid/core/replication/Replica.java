package io.kvgrid.core.replication;

import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.Role;
import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.message.WriteResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One member's protocol state: {@link #step} takes what happened, {@link #ready} tells what to do about it. Primary-backup
 * replication with a configuration manager (PacificA, MSR-TR-2008-25). Used by one thread.
 *
 * <p>Roles, which only this class changes:
 *
 * <pre>
 *  from       to         when
 *  follower   primary    the configuration names this run as primary: it had created the grid, or taken it over again
 *  primary    follower   the configuration names another primary
 *  any        failed     a rule is broken, or the Arbiter cannot be followed (P8, P9); for good
 *  any        closed     {@link Input.Closing}; for good
 *  follower   joining    {@link Input.Damaged}; for good: another replica, of another store, takes its place (P18)
 * </pre>
 *
 * A follower shows as {@link Role#JOINING} until S names it and its log is a prefix of the primary's, then as {@link
 * Role#SECONDARY}.
 */
public final class Replica {
    private final ReplicaContext context;
    private final ConfigChanges changes;
    private final long startedNanos;
    private final ConfigJudge judge;
    private final Candidacy candidacy;
    private final Succession succession;
    private RoleState role;
    private ReplicaMeta meta;
    /** Saved, or being saved; followed once it is durable. */
    private @Nullable GridConfig newest;

    /** Since when the Arbiter is said to be empty although a peer knows the grid. */
    private long contradictedNanos;

    private boolean contradicted;
    private long polledNanos;
    private boolean polled;
    private @Nullable Role ended;
    private Optional<GridView.Progress> damage = Optional.empty();
    private Role shownRole = Role.JOINING;

    /**
     * A replica that has recovered and follows nobody yet (P6).
     *
     * @param self this run: its start count is durable already
     * @param meta what was saved last
     * @param state what recovery found; owned by this replica from now on
     * @param readsLog whether {@link LogQuery} is answered; without, who needs more than is in memory gets a snapshot
     */
    public Replica(
            Member self,
            ReplicaMeta meta,
            ReplicaState state,
            CommittedState committed,
            ReplicaSettings settings,
            Rules rules,
            boolean readsLog,
            RandomGenerator random,
            long nowNanos) {
        this.meta = meta;
        newest = meta.config().orElse(null);
        context = new ReplicaContext(self, settings, rules, state, committed, readsLog, random, nowNanos);
        changes = new ConfigChanges(context);
        candidacy = new Candidacy(context);
        role = new Follower(context, changes, candidacy);
        startedNanos = nowNanos;
        judge = new ConfigJudge(context, meta);
        succession = new Succession(context, changes, judge, candidacy, meta.settled() ? newest : null);
    }

    /** Takes what happened. Any number of steps may come before {@link #ready}. */
    public void step(Input input, long nowNanos) {
        context.nowNanos = nowNanos;
        if (ended != null) {
            return;
        }
        if (input instanceof Input.Received received) {
            onReceived(received.from(), received.envelope(), received.message());
        } else if (input instanceof Input.LogFlushed flushed) {
            context.flushedLsn(Math.max(
                    context.flushedLsn(),
                    Math.min(flushed.lsn(), context.state.last().lsn())));
            role.onFlushed();
        } else if (input instanceof Input.ClientWrite write) {
            role.onWrite(write.command());
        } else if (input instanceof Input.ClientReads reads) {
            role.onReads(reads.readIds());
        } else if (input instanceof Input.Tick) {
            onTick();
        } else if (input instanceof Input.Abandoned abandoned) {
            role.onAbandoned(abandoned.operation());
        } else if (input instanceof Input.PeerConnected connected) {
            context.connected.put(connected.peer(), connected.bootId());
            judge.onPeerConnected(connected.peer(), connected.lineageId());
            role.onPeerConnected(connected.peer());
        } else if (input instanceof Input.PeerDisconnected disconnected) {
            context.connected.remove(disconnected.peer());
            judge.onPeerDisconnected(disconnected.peer());
            role.onPeerDisconnected(disconnected.peer());
        } else if (input instanceof Input.MetadataSaved saved) {
            saved.metadata().config().ifPresent(this::follow);
        } else if (input instanceof Input.ConfigRead read) {
            changes.onRead();
            onConfigRead(read.question().knownCv(), read.config());
            if (role instanceof Primary primary) {
                primary.considerRemoving();
            }
        } else if (input instanceof Input.CasAnswered answered) {
            changes.onCas(answered.proposal(), answered.result()).ifPresent(this::adopt);
        } else if (input instanceof Input.ArbiterSilent) {
            changes.onSilence();
        } else if (input instanceof Input.LogRead read) {
            role.onLogRead(read.question(), read.range());
        } else if (input instanceof Input.LogTruncated) {
            if (role instanceof Follower follower) {
                follower.onTruncated();
            }
        } else if (input instanceof Input.SnapshotAdded added) {
            if (role instanceof Follower follower) {
                follower.onSnapshotAdded(added.number());
            }
        } else if (input instanceof Input.SnapshotInstalled) {
            if (role instanceof Follower follower) {
                follower.onSnapshotInstalled();
            }
        } else if (input instanceof Input.Damaged damaged) {
            onDamaged(damaged.what());
        } else if (input instanceof Input.ClockJumped) {
            role.onClockJumped();
        } else if (input instanceof Input.HandOver) {
            if (role instanceof Primary primary) {
                primary.handOver();
            }
        } else if (input instanceof Input.Retire retire) {
            if (role instanceof Primary primary) {
                primary.retire(retire.node());
            }
        } else {
            close();
        }
    }

    /** Takes everything that is to be done since the last call; it must be carried out before the next step. */
    public Ready ready() {
        if (ended == null) {
            role.beforeReady();
        }
        if (role() != shownRole) {
            shownRole = role();
            context.effects.viewChanged();
        }
        context.applied = context.state.committed();
        return context.effects.take(ended == null ? role.tenure() : null, context.state.commitLsn());
    }

    /** Whether client operations may be given: this node is primary, or a secondary in sync. */
    public boolean isServing() {
        return ended == null && role.isServing();
    }

    /** This replica's state, for views. */
    public ReplicaStatus status() {
        List<GridView.Replica> replicas = new ArrayList<>();
        if (role instanceof Primary primary) {
            long lastLsn = context.state.last().lsn();
            primary.peers()
                    .forEach(progress -> replicas.add(new GridView.Replica(
                            progress.member().nodeId(),
                            context.requireConfig().members().contains(progress.member()),
                            progress.flushedLsn(),
                            lastLsn - progress.flushedLsn())));
        }
        return new ReplicaStatus(
                role(),
                Optional.ofNullable(context.config()),
                context.state.last().lsn(),
                context.state.commitLsn(),
                replicas,
                ended != null ? damage : role instanceof Follower follower ? follower.progress() : Optional.empty(),
                context.committed.digest());
    }

    private Role role() {
        return ended == null ? role.role() : ended;
    }

    // ---- messages

    private void onReceived(NodeId from, Envelope envelope, Message message) {
        if (message instanceof Message.ConfigAnnounce announce) {
            onAnnounced(announce.config());
            return;
        }
        if (message instanceof Message.ConfigRequest) {
            GridConfig config = context.config();
            if (config != null) {
                context.send(from, new Message.ConfigAnnounce(config));
            }
            return;
        }
        if (context.rules.isOfAnotherRun(envelope, context.self.bootId(), context.connected.get(from))) {
            return;
        }
        GridConfig config = context.config();
        if (config == null || envelope.cv() > config.cv()) { // P23
            context.send(from, new Message.ConfigRequest());
            return;
        }
        if (context.rules.isStale(envelope, config)) {
            if (envelope.lineageId().equals(config.lineageId())) {
                context.send(from, new Message.ConfigAnnounce(config));
            }
            return;
        }
        if (!(message instanceof Message.HandOver)) {
            role.onMessage(from, message);
        } else if (from.equals(config.primary()) && role instanceof Follower && role.isServing()) {
            succession.onHandOver(config);
        }
    }

    private void onAnnounced(GridConfig config) {
        GridConfig known = newest;
        if (known == null || (known.lineageId().equals(config.lineageId()) && config.cv() >= known.cv())) {
            adopt(config);
        }
    }

    // ---- configuration

    private void onConfigRead(long knownCv, Optional<GridConfig> read) {
        String objection =
                read.isPresent() ? judge.ofArbiter(read.get(), knownCv, newest) : judge.ofEmptyArbiter(knownCv);
        if (objection != null) {
            fail(objection);
        } else if (read.isPresent()) {
            adopt(read.get());
        } else if (newest == null || judge.isForced()) {
            considerBootstrap();
        }
        if (ended == null) {
            considerTakeOver();
        }
    }

    /** P9: only with an empty directory, and when no peer that can be reached knows the grid. */
    private void considerBootstrap() {
        String objection = judge.ofBootstrap();
        if (objection != null) {
            // the Arbiter may have answered before the peer's grid existed: it has a lease's time to say otherwise
            if (!contradicted) {
                contradicted = true;
                contradictedNanos = context.nowNanos;
            } else if (context.hasPassed(contradictedNanos, context.settings.leaseNanos())) {
                fail(objection);
            }
        } else if ((context.settings.bootstrap() || judge.isForced())
                && !changes.isBusy()
                && context.hasPassed(startedNanos, context.settings.bootstrapDelayNanos())) {
            long epoch = Math.max(
                            newest == null ? 0 : newest.epoch(),
                            context.state.last().epoch())
                    + 1;
            changes.propose(GridConfig.first(
                    context.newNonce(), context.self, epoch, context.settings.minInSync(), context.newNonce()));
        }
    }

    /** Saves a configuration that is known to be set; it is followed once that is durable (P8, P24). */
    private void adopt(GridConfig config) {
        String objection = judge.ofLineage(config, newest);
        if (objection != null) {
            fail(objection);
            return;
        }
        GridConfig known = newest != null && newest.lineageId().equals(config.lineageId()) ? newest : null;
        if (known != null && config.cv() <= known.cv()) {
            if (config.cv() == known.cv() && !config.equals(known)) {
                fail("two configurations with cv " + config.cv() + " (P1)");
            } else if (config.equals(known) && context.config() == null) {
                follow(config); // saved by an earlier run
            }
            return;
        }
        newest = config;
        meta = meta.with(config);
        if (succession.staysSettled(context.config(), config)) {
            meta = meta.asSettled();
        }
        context.effects.save(meta);
    }

    private void follow(GridConfig config) {
        GridConfig before = context.config();
        if (before != null && config.cv() <= before.cv()) {
            return;
        }
        String objection = judge.ofNext(config);
        if (objection != null) {
            fail(objection);
            return;
        }
        context.config(config);
        changes.onKnown(config);
        context.effects.viewChanged();
        boolean leads = context.rules.isLedBy(config, context.self);
        if (leads && !(role instanceof Primary)) {
            change(succession.lead(before, config));
            role.onConfig(config);
        } else if (!leads && role instanceof Primary) {
            change(new Follower(context, changes, candidacy));
            role.onConfig(before == null ? config : before);
        } else {
            role.onConfig(before == null ? config : before);
        }
        if (context.rules.countsFollowing()) {
            candidacy.heard();
        }
        considerTakeOver();
    }

    private void change(RoleState next) {
        OpenOperations open = role.stop();
        role = next;
        role.goOn(open);
    }

    private void considerTakeOver() {
        GridConfig config = context.config();
        if (config != null && !changes.isBusy() && config.cv() == newestCv() && !(role instanceof Primary)) {
            String objection = succession.consider(config);
            if (objection != null) {
                fail(objection);
            }
        }
    }

    private long newestCv() {
        return newest == null ? 0 : newest.cv();
    }

    // ---- time and end

    private void onTick() {
        if (newestCv() == (context.config() == null ? 0 : context.config().cv())) {
            changes.onTick();
        }
        considerTakeOver();
        // a node without its place asks the Arbiter, in case nobody tells it
        long pollNanos = role.isServing() ? 10 * context.settings.leaseNanos() : context.settings.retryNanos();
        if (!changes.isBusy() && (!polled || context.hasPassed(polledNanos, pollNanos))) {
            polled = true;
            polledNanos = context.nowNanos;
            changes.read(newestCv());
        }
        role.onTick();
        if (role instanceof Primary primary
                && primary.isSettled()
                && !meta.settled()
                && meta.config().equals(Optional.of(context.requireConfig()))) {
            meta = meta.asSettled();
            context.effects.save(meta);
        }
    }

    private void fail(String reason) {
        end(Role.FAILED);
        context.effects.fail(reason);
    }

    private void close() {
        leave();
        end(Role.CLOSED);
    }

    /** P18: no acknowledgement leaves this node any more, and the primary need not wait for its silence. */
    private void onDamaged(String what) {
        leave();
        damage = Optional.of(damaged(what));
        end(Role.JOINING);
    }

    /** What a node is doing that has found {@code what} damaged and not begun to fetch it anew. */
    public static GridView.Progress damaged(String what) {
        return new GridView.Progress("damaged: " + what, 0, 0, 0);
    }

    private void leave() {
        if (role instanceof Follower follower) {
            follower.leave();
        }
    }

    private void end(Role how) {
        for (OpenOperations.Write open : role.stop().writes()) {
            context.effects.complete(open.command().operation(), WriteResult.of(WriteResult.Kind.UNKNOWN));
        }
        ended = how;
        context.effects.viewChanged();
    }
}
