package io.kvgrid.core.sim;

import io.kvgrid.NodeId;
import io.kvgrid.core.runtime.StoreIdentity;
import io.kvgrid.core.sim.DiskContent.Append;
import io.kvgrid.core.sim.DiskContent.Change;
import io.kvgrid.core.sim.DiskContent.Commit;
import io.kvgrid.core.sim.DiskContent.Install;
import io.kvgrid.core.sim.DiskContent.SaveMetadata;
import io.kvgrid.core.sim.DiskContent.Truncate;
import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRange;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One node's disk. It outlives the node's runs. Changes take effect for the node at once and become durable in groups,
 * each after one force; at a crash, any prefix of the unforced changes of the log survives, torn inside an append too,
 * and of the metadata the old or a newer one, independently of the log.
 */
final class SimDisk {
    private static final long FORCE_NANOS = 300_000;
    private static final double MILLI = 1e6;

    /** A change on its way to the disk, and whom to tell. */
    private record Unforced(Change change, @Nullable CompletableFuture<Void> stage) {}

    private final SimClock clock;
    private final NodeId node;
    private final Faults faults;
    private final RandomGenerator random;
    private final Trace trace;
    private final Consumer<LogRecord> onAppend;
    private final boolean readsLog;

    private DiskContent durable = new DiskContent();
    private DiskContent seen = new DiskContent();
    private DiskContent image = new DiskContent();
    private boolean restored;
    private final ArrayDeque<Unforced> waiting = new ArrayDeque<>();
    private List<Unforced> group = List.of();
    private @Nullable SimPersistence holder;
    private @Nullable Change repeatFrom;
    /** The commit of an installation that was given up while it was under way or had failed. */
    private @Nullable Change givenUp;

    private boolean dead;
    private boolean failed;
    private boolean held;
    private long stalledUntilNanos;
    private long fullUntilNanos;
    private double slowness = 1;
    private long keptLsn = Long.MAX_VALUE;
    private long readRecords;
    private int installed;
    /** What was there before each wipe and each damage. */
    private final List<DiskContent> lost = new ArrayList<>();

    /**
     * @param onAppend told of each record when the node hands it over
     * @param readsLog whether the log can be read back
     */
    SimDisk(
            SimClock clock,
            NodeId node,
            Faults faults,
            RandomGenerator random,
            Trace trace,
            Consumer<LogRecord> onAppend,
            boolean readsLog) {
        this.clock = clock;
        this.node = node;
        this.faults = faults;
        this.random = random;
        this.trace = trace;
        this.onAppend = onAppend;
        this.readsLog = readsLog;
    }

    /** The store as one run of the node sees it. */
    Persistence attach(SimProcess process) {
        return new SimPersistence(this, process, readsLog ? new SimLogReads(this, process, faults) : null);
    }

    /** What would survive a loss of power now, unforced changes left aside. */
    DiskContent durable() {
        return durable;
    }

    /** Which store it is, durably; empty before its first start. */
    Optional<UUID> storeId() {
        return durable.metadata()
                .map(saved -> StoreIdentity.atStart(
                                Optional.of(saved),
                                SimMembers.GRID,
                                Optional.of(node),
                                new UUID(0, 0),
                                () -> node,
                                new UUID(0, 0))
                        .storeId());
    }

    /** Grows when the disk is wiped or damaged: it is another store then (P7, P18). */
    int generation() {
        return lost.size();
    }

    /** What the store of that generation holds, or held when it was wiped or damaged. */
    DiskContent durable(int generation) {
        return generation == lost.size() ? durable : lost.get(generation);
    }

    /** Stops forcing until {@link #release}; calls are taken, and wait. */
    void hold() {
        held = true;
    }

    void release() {
        held = false;
        pump();
    }

    /** Takes {@code factor} times as long for each force from now on. */
    void slowDown(double factor) {
        slowness = factor;
    }

    /** Completes nothing for {@code nanos}. */
    void stall(long nanos) {
        stalledUntilNanos = clock.nowNanos() + nanos;
    }

    /** Works as fast as it can again; one that has died stays dead until its node ends. */
    void heal() {
        slowness = 1;
        stalledUntilNanos = 0;
        fullUntilNanos = 0;
        release();
    }

    /** Whether a change has failed since the node took the disk. */
    boolean hasFailed() {
        return failed;
    }

    /** The node's process has died: what is not forced survives in part, or not. */
    void crash() {
        List<Unforced> pending = new ArrayList<>(group);
        pending.addAll(waiting);
        boolean lose = faults.enabled(Fault.LOST_UNFORCED);
        boolean keep = faults.enabled(Fault.KEPT_UNFORCED) || !lose;
        keepSome(pending.stream().filter(u -> u.change instanceof SaveMetadata).toList(), lose, keep);
        keepSome(
                pending.stream()
                        .filter(u -> !(u.change instanceof SaveMetadata))
                        .toList(),
                lose,
                keep);
        reset();
    }

    /**
     * Durable bytes change by themselves: nothing but the metadata can be read any more until another state is in its place,
     * and a node that runs is told. A disk that has died, or is damaged already, is left alone.
     */
    void damage() {
        if (dead || !durable.isIntact()) {
            return;
        }
        lost.add(durable);
        durable = durable.damaged();
        List<Unforced> pending = new ArrayList<>(group);
        pending.addAll(waiting);
        SimPersistence run = holder;
        if (run == null) {
            reset();
            return;
        }
        group = List.of();
        waiting.clear();
        seen = durable.copy();
        for (Unforced unforced : pending) {
            if (unforced.change instanceof SaveMetadata || unforced.change instanceof Install) {
                unforced.change.applyTo(seen);
                waiting.add(unforced);
            } else {
                complete(run, unforced, damaged());
            }
        }
        trace.add(clock.nowNanos(), node.value(), "disk is damaged", "", lost.size());
        run.tellDamage();
        pump();
    }

    /** Two records change places, which whoever reads them has to notice by itself; false if there are no two. Only while no run uses it. */
    boolean misplace() {
        if (!durable.isIntact() || durable.records().size() < 2) {
            return false;
        }
        lost.add(durable);
        durable = durable.misplaced(random);
        reset();
        return true;
    }

    /** What whoever reads a damaged disk finds. */
    static CorruptLogException damaged() {
        return new CorruptLogException("simulated file at byte 17: expected 0, found 1");
    }

    /** Somebody keeps an image of it. */
    void keepImage() {
        image = durable.copy();
    }

    /** The kept image takes its place. Only while no run uses the disk. */
    void restore() {
        lost.add(durable);
        durable = image;
        image = durable.copy();
        restored = true;
        reset();
    }

    /** Whether it is what an image says, and its store was refused for that (P7). */
    boolean isRestored() {
        return restored;
    }

    /** Everything is gone. Only while no run uses the disk. */
    void wipe() {
        restored = false;
        lost.add(durable);
        durable = new DiskContent();
        reset();
    }

    private void keepSome(List<Unforced> changes, boolean lose, boolean keep) {
        int kept = !lose ? changes.size() : !keep ? 0 : random.nextInt(changes.size() + 1);
        for (Unforced unforced : changes.subList(0, kept)) {
            unforced.change.applyTo(durable);
        }
        int part = 0;
        if (kept < changes.size() && keep && changes.get(kept).change instanceof Append torn) {
            part = random.nextInt(torn.records().size());
            new Append(torn.records().subList(0, part)).applyTo(durable);
        }
        if (kept + part > 0) {
            faults.count(Fault.KEPT_UNFORCED);
        }
        if (kept < changes.size()) {
            faults.count(Fault.LOST_UNFORCED);
        }
        if (!changes.isEmpty()) {
            trace.add(clock.nowNanos(), node.value(), "disk keeps unforced", part, kept);
        }
    }

    private void reset() {
        seen = durable.copy();
        waiting.clear();
        group = List.of();
        holder = null;
        repeatFrom = null;
        givenUp = null;
        dead = false;
        failed = false;
        keptLsn = Long.MAX_VALUE;
        stalledUntilNanos = 0;
        fullUntilNanos = 0;
    }

    // what SimPersistence calls

    boolean take(SimPersistence by) {
        if (holder != null) {
            return false;
        }
        holder = by;
        return true;
    }

    /** Whether {@code run} still has the disk: it has not been killed. */
    boolean isHeldBy(SimPersistence run) {
        return holder == run;
    }

    /** Forces all that waits, and lets the disk go. */
    void close() {
        for (Unforced unforced : group) {
            unforced.change.applyTo(durable);
        }
        for (Unforced unforced : waiting) {
            unforced.change.applyTo(durable);
        }
        reset();
    }

    /** What the node sees: all changes it has made, forced or not. */
    DiskContent seen() {
        return seen;
    }

    /** The identity of the record there, which the node may know still although its disk was damaged meanwhile. */
    Optional<RecordId> idOf(long lsn) {
        return seen.isDamaged() ? lost.get(lost.size() - 1).id(lsn) : seen.id(lsn);
    }

    /** Takes a change, to be forced. */
    CompletableFuture<Void> change(Change change) {
        CompletableFuture<Void> stage = new CompletableFuture<>();
        if (dead) {
            stage.completeExceptionally(PersistenceException.fatal("the simulated disk is dead", null));
            return stage;
        }
        if (repeatFrom != null) {
            if (!isRepeated(repeatFrom, change)) {
                stage.completeExceptionally(
                        PersistenceException.retryable("an earlier call has to be repeated first", new Cause()));
                return stage;
            }
            repeatFrom = null;
        }
        if (seen.isDamaged() && (change instanceof Append || change instanceof Truncate)) {
            stage.completeExceptionally(damaged());
            return stage;
        }
        if (change instanceof Truncate cut && cut.lsn() < seen.base().lsn()) { // P34
            stage.completeExceptionally(PersistenceException.fatal(cut + " is below the base " + seen.base(), null));
            return stage;
        }
        if (change instanceof Append append) {
            checkFollows(append);
            append.records().forEach(onAppend);
        }
        if (change instanceof DiskContent.Install) {
            installed++;
        }
        change.applyTo(seen);
        waiting.add(new Unforced(change, stage));
        pump();
        return stage;
    }

    /** A call that will not be repeated if it has failed, or fails. */
    void giveUp(Change change) {
        givenUp = change;
        if (change.equals(repeatFrom)) {
            repeatFrom = null;
        }
    }

    /** Whether it is dead, or a failed call has to be repeated first. */
    boolean isFailed() {
        return dead || repeatFrom != null;
    }

    /** Takes a hint, which is written when something else is, or lost. */
    void hint(DiskContent.Commit commit) {
        commit.applyTo(seen);
        waiting.add(new Unforced(commit, null));
    }

    /** Drops what a compaction drops: what is part of the base, but for a bit, and what is asked for. */
    void dropOld() {
        if (!readsLog) {
            return;
        }
        long spare = durable.base().lsn() - random.nextInt(200);
        long needed = faults.strikes(Fault.LOG_DROPPED, 0.5) ? Long.MAX_VALUE : keptLsn;
        durable.dropBelow(Math.min(spare, needed));
        seen.dropBelow(Math.min(spare, needed));
    }

    /** Drops all that is part of the base. */
    void dropAllOld() {
        Commit all = new Commit(seen.committedLsn(), Optional.of(seen.state()));
        all.applyTo(durable);
        all.applyTo(seen);
        durable.dropBelow(Long.MAX_VALUE);
        seen.dropBelow(Long.MAX_VALUE);
    }

    /** Keeps records from {@code lsn} on, unless there are too many. */
    void keepFrom(long lsn) {
        keptLsn = lsn;
    }

    /** Records that are durable and known to be committed. */
    LogRange read(long fromLsn, int maxBytes) {
        List<LogRecord> found = new ArrayList<>();
        long bytes = 0;
        for (long lsn = fromLsn; lsn <= seen.committedLsn(); lsn++) {
            Optional<LogRecord> record = durable.readable(lsn);
            if (record.isEmpty() || !record.equals(seen.readable(lsn))) {
                break; // not forced yet, or a truncation is not
            }
            bytes += record.get().length();
            if (bytes > maxBytes && !found.isEmpty()) {
                break;
            }
            found.add(record.get());
        }
        readRecords += found.size();
        return new LogRange(durable.firstReadableLsn(), found);
    }

    /** How many records were read back for other nodes. */
    long readRecords() {
        return readRecords;
    }

    /** How often another node's whole state was taken in. */
    int installed() {
        return installed;
    }

    /** How long it takes to take in a part of a snapshot. */
    long addNanos() {
        return (long) (faults.strikes(Fault.SLOW_FORCE, 0.5) ? 60 * MILLI * random.nextDouble() : 0.2 * MILLI);
    }

    /** How long recovery takes. */
    long recoveryNanos() {
        return (long) (1e6 + random.nextDouble() * 5e6 + seen.records().size() * 1000.0);
    }

    RandomGenerator random() {
        return random;
    }

    private void checkFollows(Append append) {
        LogRecord first = append.records().get(0);
        if (first.lsn() > seen.last().lsn() + 1) {
            throw new IllegalArgumentException(first + " does not follow " + seen.last());
        }
        for (LogRecord record : append.records()) {
            if (record.lsn() <= seen.last().lsn()
                    && !seen.id(record.lsn()).map(record.id()::equals).orElse(true)) {
                throw new IllegalArgumentException(
                        record + " is not what the log of " + node + " holds there: " + seen.id(record.lsn()));
            }
        }
        if (first.lsn() == seen.last().lsn() + 1 && !first.follows(seen.last())) {
            throw new IllegalArgumentException(first + " does not chain to " + seen.last());
        }
    }

    private static boolean isRepeated(Change failed, Change change) {
        if (failed instanceof Append before && change instanceof Append again) {
            return before.records().get(0).equals(again.records().get(0));
        }
        return failed.equals(change);
    }

    /** Starts to force all that waits as one group, if nothing is being forced. */
    private void pump() {
        if (!group.isEmpty() || waiting.isEmpty() || held || holder == null) {
            return;
        }
        group = List.copyOf(waiting);
        waiting.clear();
        if (faults.strikes(Fault.STALLED_DISK, 0.002)) {
            stall((long) (random.nextDouble() * 3000 * MILLI));
        }
        double nanos = FORCE_NANOS * slowness * (0.5 + random.nextDouble());
        if (faults.strikes(Fault.SLOW_FORCE, 0.3)) {
            nanos *= 1 + 200 * random.nextDouble();
        }
        long done = Math.max((long) nanos, stalledUntilNanos - clock.nowNanos());
        SimPersistence run = holder;
        List<Unforced> forced = group;
        clock.after(done, () -> {
            if (holder == run && group == forced) {
                forced(forced, run);
            }
        });
    }

    private void forced(List<Unforced> forced, SimPersistence run) {
        if (held) {
            clock.after(FORCE_NANOS, () -> {
                if (holder == run && group == forced) {
                    forced(forced, run);
                }
            });
            return;
        }
        group = List.of();
        boolean fatal = faults.strikes(Fault.FATAL_FAILURE, 0.0005);
        if (faults.strikes(Fault.FULL_DISK, 0.002)) {
            fullUntilNanos = clock.nowNanos() + (long) (random.nextDouble() * 6000 * MILLI);
        }
        boolean full = fullUntilNanos - clock.nowNanos() > 0;
        boolean retryable = !fatal && (full || faults.strikes(Fault.RETRYABLE_FAILURE, 0.05));
        int done = full ? 0 : fatal || retryable ? random.nextInt(forced.size()) : forced.size();
        trace.add(clock.nowNanos(), node.value(), fatal ? "disk dies" : retryable ? "disk fails" : "forced", "", done);
        for (Unforced unforced : forced.subList(0, done)) {
            boolean wasIntact = durable.isIntact();
            unforced.change.applyTo(durable);
            if (!wasIntact && durable.isIntact()) {
                faults.count(Fault.DAMAGE_REPAIRED);
            }
            complete(run, unforced, null);
        }
        if (done < forced.size()) {
            fail(run, forced.subList(done, forced.size()), fatal);
        }
        pump();
    }

    private void fail(SimPersistence run, List<Unforced> first, boolean fatal) {
        List<Unforced> all = new ArrayList<>(first);
        all.addAll(waiting);
        waiting.clear();
        all.removeIf(unforced -> unforced.stage == null);
        if (all.isEmpty()) {
            return;
        }
        Change met = all.get(0).change;
        if (random.nextBoolean() && met != givenUp) {
            met.applyTo(durable); // whether the failed call took effect is not known
        }
        seen = durable.copy();
        dead = fatal;
        failed = true;
        repeatFrom = fatal
                ? null
                : all.stream()
                        .map(Unforced::change)
                        .filter(change -> change != givenUp)
                        .findFirst()
                        .orElse(null);
        for (Unforced unforced : all) {
            complete(
                    run,
                    unforced,
                    fatal
                            ? PersistenceException.fatal("simulated failure of a force", null)
                            : PersistenceException.retryable("simulated failure that passes", new Cause()));
        }
    }

    private static void complete(SimPersistence run, Unforced unforced, @Nullable RuntimeException failure) {
        CompletableFuture<Void> stage = unforced.stage;
        if (stage != null) {
            run.complete(stage, failure);
        }
    }

    private static final class Cause extends Exception {
        private static final long serialVersionUID = 1L;

        Cause() {
            super("simulated", null, false, false);
        }
    }
}
