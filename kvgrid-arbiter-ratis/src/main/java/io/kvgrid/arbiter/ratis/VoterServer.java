package io.kvgrid.arbiter.ratis;

import io.kvgrid.DataDirectoryInUseException;
import io.kvgrid.GridStartException;
import io.kvgrid.PortInUseException;
import java.io.IOException;
import java.net.BindException;
import java.nio.channels.OverlappingFileLockException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One vote: Ratis' server in this process. It closes itself after a long pause, or when its log cannot be written; this
 * class notices and builds it anew from its directory.
 */
final class VoterServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(VoterServer.class);
    private static final long LOOK_MILLIS = 500;
    private static final long MAX_WAIT_LOOKS = 20;
    private static final long CLOSE_MILLIS = 2_000;

    private final String voter;
    private final String bindHost;
    private final RaftGroup group;
    private final RaftProperties properties;
    private final Supplier<ConfigStateMachine> machines;
    private final ScheduledExecutorService watchdog;
    private @Nullable RaftServer server;
    private boolean closed;
    private long rebuilds;
    private long looksToWait;
    private long failuresInARow;

    private VoterServer(
            String voter,
            String bindHost,
            RaftGroup group,
            RaftProperties properties,
            Supplier<ConfigStateMachine> machines) {
        this.voter = voter;
        this.bindHost = bindHost;
        this.group = group;
        this.properties = properties;
        this.machines = machines;
        watchdog = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "kvgrid-voter-" + voter);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Starts a voter; blocks until it listens.
     *
     * @param voter its address, as all voters know it
     * @param group who has a vote when the group begins; without meaning later
     * @param machines makes the state that the log is applied to, for each start
     * @throws GridStartException if its port or its directory is in use, or its log cannot be read
     */
    static VoterServer start(
            String voter,
            String bindHost,
            RaftGroup group,
            RaftProperties properties,
            Supplier<ConfigStateMachine> machines) {
        VoterServer started = new VoterServer(voter, bindHost, group, properties, machines);
        try {
            started.build();
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
        var unused =
                started.watchdog.scheduleWithFixedDelay(started::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return started;
    }

    private synchronized void build() {
        RaftServer built = null;
        try {
            built = RaftServer.newBuilder()
                    .setServerId(VoterGroup.peerId(voter))
                    .setGroup(group)
                    .setOption(RaftStorage.StartupOption.RECOVER)
                    .setStateMachineRegistry(id -> machines.get())
                    .setProperties(properties)
                    .build();
            RaftSettings.check(built.getProperties(), bindHost); // S26
            built.start();
        } catch (IOException | RuntimeException e) {
            closeBounded(built);
            throw failure(e);
        }
        server = built;
    }

    private GridStartException failure(Exception thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (cause instanceof BindException) {
                return new PortInUseException("the voter cannot listen at " + voter + ": " + message, thrown);
            }
            if (cause instanceof OverlappingFileLockException || message.contains("already locked")) {
                return new DataDirectoryInUseException("another voter uses the directory of " + voter, thrown);
            }
        }
        return new GridStartException("the voter " + voter + " cannot start: " + thrown.getMessage(), thrown);
    }

    /** How often this voter was built anew. */
    synchronized long rebuilds() {
        return rebuilds;
    }

    /** Ratis' server, if it runs at the moment. */
    synchronized @Nullable RaftServer running() {
        RaftServer present = server;
        return present != null && isRunning(present) ? present : null;
    }

    private synchronized void look() {
        RaftServer present = server;
        if (closed || (present != null && isRunning(present))) {
            return;
        }
        if (looksToWait-- > 0) {
            return;
        }
        log.warn(
                "the voter {} has closed itself, after a long pause or a failure of its disk; it is started again",
                voter);
        closeBounded(present);
        server = null;
        try {
            build();
            rebuilds++;
            failuresInARow = 0;
        } catch (GridStartException e) {
            looksToWait = Math.min(MAX_WAIT_LOOKS, 1L << Math.min(10, failuresInARow++));
            log.warn("the voter {} cannot be started again yet", voter, e);
        }
    }

    private boolean isRunning(RaftServer present) {
        if (present.getLifeCycleState() != LifeCycle.State.RUNNING) {
            return false;
        }
        try {
            LifeCycle.State state =
                    present.getDivision(group.getGroupId()).getInfo().getLifeCycleState();
            return !state.isClosingOrClosed() && state != LifeCycle.State.EXCEPTION;
        } catch (IOException e) {
            return false;
        }
    }

    /** Blocks for 2 s at most; what takes longer goes on in the background, and the directory stays taken until then. */
    @Override
    public void close() {
        watchdog.shutdown();
        RaftServer present;
        synchronized (this) {
            closed = true;
            present = server;
            server = null;
        }
        closeBounded(present);
    }

    private void closeBounded(@Nullable RaftServer closing) {
        if (closing == null) {
            return;
        }
        Thread closer = new Thread(() -> close(closing), "kvgrid-voter-close-" + voter);
        closer.setDaemon(true);
        closer.start();
        try {
            closer.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (closer.isAlive()) {
            log.warn("closing the voter {} takes long; its directory stays taken until that has ended", voter);
        }
    }

    private void close(RaftServer closing) {
        try {
            closing.close();
        } catch (IOException | RuntimeException e) {
            log.warn("closing the voter {} failed", voter, e);
        }
    }
}
