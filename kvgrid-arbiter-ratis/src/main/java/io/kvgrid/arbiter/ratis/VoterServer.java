package io.kvgrid.arbiter.ratis;

import io.kvgrid.DataDirectoryInUseException;
import io.kvgrid.GridStartException;
import io.kvgrid.PortInUseException;
import java.io.IOException;
import java.net.BindException;
import java.nio.channels.OverlappingFileLockException;
import java.util.function.Supplier;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ratis' server for one voter, from its start to its end; a closed one is not started again. It listens from the start, so
 * that others can ask how it stands, and votes from {@link #join} on. Thread-safe.
 */
final class VoterServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(VoterServer.class);
    private static final long CLOSE_MILLIS = 2_000;

    private final String voter;
    private final RaftGroupId groupId;
    private final RaftServer server;
    private volatile boolean joined;
    private @Nullable VoterLinks links;

    private VoterServer(String voter, RaftGroupId groupId, RaftServer server, boolean joined) {
        this.voter = voter;
        this.groupId = groupId;
        this.server = server;
        this.joined = joined;
    }

    /**
     * Starts the server; blocks until it listens.
     *
     * @param group the group in which it goes on; null if it has no vote yet
     * @param machines makes the state that the log is applied to
     * @throws GridStartException if its port or its directory is in use, or its log cannot be read
     */
    static VoterServer start(
            VoterSettings settings,
            RaftProperties properties,
            @Nullable RaftGroup group,
            Supplier<ConfigStateMachine> machines) {
        RaftServer built = null;
        try {
            built = RaftServer.newBuilder()
                    .setServerId(VoterGroup.peerId(settings.voter()))
                    .setGroup(group)
                    .setOption(RaftStorage.StartupOption.RECOVER)
                    .setStateMachineRegistry(id -> machines.get())
                    .setProperties(properties)
                    .build();
            RaftSettings.check(built.getProperties(), settings.bindHost()); // S26
            built.start();
            return new VoterServer(settings.voter(), VoterGroup.id(settings.grid()), built, group != null);
        } catch (IOException | RuntimeException e) {
            if (built != null) {
                closeBounded(settings.voter(), built);
            }
            throw failure(settings.voter(), e);
        }
    }

    /**
     * Begins to vote.
     *
     * @param group all founders, or nobody if the others will tell who the voters are
     * @throws GridStartException if the directory is in use, or cannot be written
     */
    void join(RaftGroup group) {
        try {
            server.groupManagement(GroupManagementRequest.newAdd(
                    ClientId.randomId(), server.getId(), CallId.getAndIncrement(), group, false));
            joined = true;
        } catch (IOException e) {
            throw failure(voter, e);
        }
    }

    /** Whether it has a log, be it that of a voter or of one who waits to be added. */
    boolean hasJoined() {
        return joined;
    }

    /** Ratis ends a server after a long pause, or when its log cannot be written. */
    boolean isRunning() {
        if (server.getLifeCycleState() != LifeCycle.State.RUNNING) {
            return false;
        }
        if (!joined) {
            return true;
        }
        try {
            LifeCycle.State state = server.getDivision(groupId).getInfo().getLifeCycleState();
            return !state.isClosingOrClosed() && state != LifeCycle.State.EXCEPTION;
        } catch (IOException e) {
            return false;
        }
    }

    /** Keeps it connected to the other voters; to be called several times a second, by one thread. */
    void look() {
        if (!joined) {
            return;
        }
        try {
            if (links == null) {
                links = new VoterLinks(server.getDivision(groupId), voter);
            }
            links.look();
        } catch (IOException e) {
            log.debug("the voter {} is ending", voter, e);
        }
    }

    RaftServer raft() {
        return server;
    }

    private static GridStartException failure(String voter, Exception thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (cause instanceof BindException || message.startsWith("bind(..) failed")) { // the latter is epoll's
                return new PortInUseException("the voter cannot listen at " + voter + ": " + message, thrown);
            }
            if (cause instanceof OverlappingFileLockException || message.contains("already locked")) {
                return new DataDirectoryInUseException("another voter uses the directory of " + voter, thrown);
            }
        }
        return new GridStartException("the voter " + voter + " cannot start: " + thrown.getMessage(), thrown);
    }

    /** Passes the lead on if it has it, and closes. Blocks as {@link #close} does. */
    void leave() {
        runBounded(voter, () -> {
            passLead();
            close(voter, server);
        });
    }

    private void passLead() {
        if (!joined) {
            return;
        }
        try {
            VoterLead.pass(server.getDivision(groupId));
        } catch (IOException | RuntimeException e) {
            log.debug("the others of the voter {} will choose another leader by themselves", voter, e);
        }
    }

    /** Blocks for 2 s at most; what takes longer goes on in the background, and the directory stays taken until then. */
    @Override
    public void close() {
        closeBounded(voter, server);
    }

    private static void closeBounded(String voter, RaftServer closing) {
        runBounded(voter, () -> close(voter, closing));
    }

    private static void runBounded(String voter, Runnable closing) {
        Thread closer = new Thread(closing, "kvgrid-voter-close-" + voter);
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

    private static void close(String voter, RaftServer closing) {
        try {
            closing.close();
        } catch (IOException | RuntimeException e) {
            log.warn("closing the voter {} failed", voter, e);
        }
    }
}
