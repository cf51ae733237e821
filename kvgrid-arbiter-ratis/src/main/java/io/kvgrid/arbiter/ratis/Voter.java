package io.kvgrid.arbiter.ratis;

import io.kvgrid.GridStartException;
import io.kvgrid.arbiter.ratis.VoteRecord.Origin;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One vote in this process. Brings it from an empty directory to a vote ({@link Joining}), and builds Ratis' server anew
 * when it has closed itself.
 */
final class Voter implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Voter.class);
    private static final long LOOK_MILLIS = 200;
    private static final long MAX_WAIT_LOOKS = 50;

    private final VoterSettings settings;
    private final Supplier<ConfigStateMachine> machines;
    private final Joining joining;
    private final ScheduledExecutorService thread;
    private Optional<VoteRecord> record;
    private @Nullable VoterServer server;
    private volatile boolean closed;
    private volatile long rebuilds;
    private long looksToWait;
    private int failuresInARow;

    private Voter(VoterSettings settings, VoterAdmin admin, Supplier<ConfigStateMachine> machines) {
        this.settings = settings;
        this.machines = machines;
        joining = new Joining(settings, admin);
        record = VoteRecord.read(settings.directory(), settings.grid(), settings.voter());
        thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread created = new Thread(task, "kvgrid-voter-" + settings.voter());
            created.setDaemon(true);
            return created;
        });
    }

    /**
     * Starts the voter; blocks until it listens. It votes as soon as that is safe.
     *
     * @throws GridStartException if its port or its directory is in use or of another voter, or its log cannot be read
     */
    static Voter start(VoterSettings settings, VoterAdmin admin, Supplier<ConfigStateMachine> machines) {
        Voter voter = new Voter(settings, admin, machines);
        try {
            voter.build();
        } catch (RuntimeException e) {
            voter.close();
            throw e;
        }
        var unused = voter.thread.scheduleWithFixedDelay(voter::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return voter;
    }

    /** How often Ratis' server was built anew. */
    long rebuilds() {
        return rebuilds;
    }

    synchronized void closeServer() {
        if (server != null) {
            server.close();
        }
    }

    private synchronized void build() {
        server = VoterServer.start(
                settings,
                RaftSettings.voter(settings),
                record.filter(this::hasLog).map(this::group).orElse(null),
                machines);
    }

    /** One who gives back its old vote has no log before that is done. */
    private boolean hasLog(VoteRecord present) {
        return present.origin() != Origin.RETURNING || VoterGroup.hasLog(settings.directory(), settings.grid());
    }

    private RaftGroup group(VoteRecord present) {
        return VoterGroup.of(settings.grid(), present.founders());
    }

    private void look() {
        try {
            VoterServer present;
            synchronized (this) {
                if (closed || looksToWait-- > 0) {
                    return;
                }
                present = server;
            }
            if (present == null || !present.isRunning()) {
                rebuild(present);
            } else {
                join(present);
                present.look();
            }
            failuresInARow = 0;
        } catch (RuntimeException e) {
            if (closed) {
                return; // what is under way then fails
            }
            looksToWait = Math.min(MAX_WAIT_LOOKS, 1L << Math.min(10, failuresInARow++));
            log.warn("the voter {} is stuck, and tries again", settings.voter(), e);
        }
    }

    private synchronized void rebuild(@Nullable VoterServer ended) {
        if (closed) {
            return;
        }
        log.warn(
                "the voter {} has ended, after a long pause or a failure of its disk; it starts again",
                settings.voter());
        if (ended != null) {
            ended.close();
            server = null;
        }
        build();
        rebuilds++;
    }

    /** The next step to a vote, if there is none yet. */
    private void join(VoterServer present) {
        if (record.isEmpty()) {
            joining.decide().ifPresent(this::remember);
        }
        if (record.isEmpty()) {
            return;
        }
        VoteRecord known = record.get();
        boolean returning = known.origin() == Origin.RETURNING;
        if (!present.hasJoined() && (!returning || joining.giveBack())) {
            present.join(group(known));
        }
        if (returning && present.hasJoined() && joining.getBack()) {
            remember(new VoteRecord(known.grid(), known.voter(), Origin.ADDED, List.of()));
        }
    }

    private void remember(VoteRecord changed) {
        changed.write(settings.directory());
        record = Optional.of(changed);
    }

    /** Another voter leads from then on, if this one did. Blocks for 2 s at most. */
    @Override
    public void close() {
        VoterServer present;
        synchronized (this) {
            closed = true;
            present = server;
            server = null;
        }
        thread.shutdownNow();
        if (present != null) {
            present.leave();
        }
    }
}
