package io.kvgrid.arbiter.ratis;

import io.kvgrid.HostPort;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * Ratis' settings, each by name although some are its defaults: what an answer rests on must not depend on defaults
 * (S26). One small configuration that changes a few times an hour needs little room, and its voters share their machines
 * with the grid.
 */
final class RaftSettings {
    /** Ratis' own 150 to 300 ms are less than a busy machine takes for an answer while its JVMs start. */
    private static final TimeDuration FIRST_ELECTION_MIN = TimeDuration.valueOf(500, TimeUnit.MILLISECONDS);

    private static final TimeDuration FIRST_ELECTION_MAX = TimeDuration.valueOf(1000, TimeUnit.MILLISECONDS);
    /**
     * Later on, with heartbeats each half of it. A leader that stands still for less keeps its place; a voter takes up to two
     * of the longer ones to miss one that is gone. Less of a spread and two voters stand at the same time more often.
     */
    private static final TimeDuration ELECTION_MIN = TimeDuration.valueOf(400, TimeUnit.MILLISECONDS);

    private static final TimeDuration ELECTION_MAX = TimeDuration.valueOf(700, TimeUnit.MILLISECONDS);
    private static final TimeDuration REQUEST_TIMEOUT = TimeDuration.valueOf(1000, TimeUnit.MILLISECONDS);

    private RaftSettings() {}

    static RaftProperties voter(VoterSettings settings) {
        Path directory = settings.directory();
        RaftProperties properties = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(
                properties, List.of(VoterGroup.raftDirectory(directory).toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(
                properties, directory.resolve("removed").toFile());
        RaftServerConfigKeys.setCloseThreshold(
                properties, TimeDuration.valueOf(settings.closeThreshold().toMillis(), TimeUnit.MILLISECONDS));

        RaftServerConfigKeys.Log.setUseMemory(properties, false);
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setCorruptionPolicy(properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("1MB"));
        RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf("64KB"));
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf("160KB"));
        RaftServerConfigKeys.Log.setQueueByteLimit(properties, SizeInBytes.valueOf("4MB"));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("4MB"));
        RaftServerConfigKeys.Log.setPurgeGap(properties, 100);
        // or the log would grow as long as one voter is away; it gets the state instead, which is a kilobyte
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf("128KB"));
        RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(properties, SizeInBytes.valueOf("128KB"));
        // a voter that was away for long is tried again twice a second, not every 5 s
        RaftServerConfigKeys.Log.Appender.setRetryPolicy(properties, "10ms,10, 500ms,1000000");
        RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf("4MB"));

        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, 1000);
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, 2);

        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        RaftServerConfigKeys.Read.setLeaderLeaseEnabled(properties, false);
        RaftServerConfigKeys.Read.setTimeout(properties, REQUEST_TIMEOUT);

        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, FIRST_ELECTION_MIN);
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, FIRST_ELECTION_MAX);
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, ELECTION_MIN);
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, ELECTION_MAX);
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties, REQUEST_TIMEOUT);
        RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
        // a leader that lost its majority would keep out of elections for 10 s, and may be the only one who can win one
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, ELECTION_MAX);

        GrpcConfigKeys.Server.setHost(properties, settings.bindHost());
        GrpcConfigKeys.Server.setPort(
                properties, HostPort.parse(settings.voter()).getPort());
        limitMessages(properties);
        return properties;
    }

    /**
     * Fails unless the settings on which answers rest are in effect.
     *
     * @param inEffect those of the server that was built
     */
    static void check(RaftProperties inEffect, String bindHost) {
        require(!RaftServerConfigKeys.Log.useMemory(inEffect), "the log is on disk");
        require(!RaftServerConfigKeys.Log.unsafeFlushEnabled(inEffect), "the log is forced before it counts");
        require(!RaftServerConfigKeys.Log.asyncFlushEnabled(inEffect), "the log is forced by the one who writes it");
        require(
                RaftServerConfigKeys.Log.corruptionPolicy(inEffect)
                        == RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION,
                "a damaged log is refused");
        require(
                RaftServerConfigKeys.Read.option(inEffect) == RaftServerConfigKeys.Read.Option.LINEARIZABLE,
                "reads are confirmed");
        require(!RaftServerConfigKeys.Read.leaderLeaseEnabled(inEffect), "no read rests on a clock");
        require(bindHost.equals(GrpcConfigKeys.Server.host(inEffect)), "the voter listens at " + bindHost + " only");
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("a setting of Ratis is not in effect: " + what + " (S26)");
        }
    }

    static RaftProperties client() {
        RaftProperties properties = new RaftProperties();
        RaftClientConfigKeys.Rpc.setRequestTimeout(properties, REQUEST_TIMEOUT);
        limitMessages(properties);
        return properties;
    }

    /** X4: what a stranger may send before it is refused. */
    private static void limitMessages(RaftProperties properties) {
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf("2MB"));
        GrpcConfigKeys.setFlowControlWindow(properties, SizeInBytes.valueOf("1MB"));
    }
}
