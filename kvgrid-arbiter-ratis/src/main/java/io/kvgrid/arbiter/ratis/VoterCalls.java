package io.kvgrid.arbiter.ratis;

import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.RaftException;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Asks the voters, one after the other until the leader answers or the call's time is up. Attempts of one call carry one
 * call id, so that the voters take a command once. Thread-safe, never blocks its caller.
 */
final class VoterCalls implements AutoCloseable {
    private static final long ATTEMPT_MILLIS = 400;
    private static final long PAUSE_MILLIS = 25;
    private static final int MAX_CALLS = 16;
    private static final long IDLE_SECONDS = 10;

    private final ClientId clientId = ClientId.randomId();
    private final RaftGroupId groupId;
    private final RaftClient client;
    private final RaftClientRpc rpc;
    private final List<RaftPeerId> voters = new CopyOnWriteArrayList<>();
    private final long limitNanos;
    private final ThreadPoolExecutor threads;
    private volatile RaftPeerId leader;
    private volatile boolean closed;

    /** @param limitNanos when a call ends at the latest */
    VoterCalls(RaftGroup group, long limitNanos) {
        this.groupId = group.getGroupId();
        this.limitNanos = limitNanos;
        client = RaftClient.newBuilder()
                .setClientId(clientId)
                .setRaftGroup(group)
                .setProperties(RaftSettings.client())
                .build();
        rpc = client.getClientRpc();
        group.getPeers().forEach(peer -> voters.add(peer.getId()));
        leader = voters.get(0);
        threads =
                new ThreadPoolExecutor(0, MAX_CALLS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "kvgrid-arbiter-call");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Puts {@code command} through the log. Fails with {@link ArbiterUnavailableException}: it may take effect yet. */
    CompletableFuture<ByteBuffer> call(ByteBuffer command) {
        long deadlineNanos = System.nanoTime() + limitNanos;
        Message message = Message.valueOf(ByteString.copyFrom(command));
        CompletableFuture<ByteBuffer> answer = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    RaftClientReply reply = attempts(message, deadlineNanos);
                    answer.complete(reply.getMessage().getContent().asReadOnlyByteBuffer());
                } catch (RuntimeException | Error e) {
                    answer.completeExceptionally(
                            e instanceof ArbiterUnavailableException ? e : unavailable("the call failed", e));
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(unavailable(closed ? "it is closed" : "too many calls wait for it", e));
        }
        // each attempt keeps its time; should Ratis not, the call ends all the same
        return answer.orTimeout(limitNanos + TimeUnit.MILLISECONDS.toNanos(100), TimeUnit.NANOSECONDS)
                .exceptionally(e -> {
                    throw e instanceof ArbiterUnavailableException known ? known : unavailable("no answer in time", e);
                });
    }

    private RaftClientReply attempts(Message message, long deadlineNanos) {
        long callId = CallId.getAndIncrement();
        RaftPeerId target = leader;
        Exception last = null;
        for (long left = limitNanos; left > 0 && !closed; left = deadlineNanos - System.nanoTime()) {
            long timeoutMillis = Math.max(1, Math.min(ATTEMPT_MILLIS, TimeUnit.NANOSECONDS.toMillis(left)));
            try {
                RaftClientReply reply = rpc.sendRequest(request(target, callId, message, timeoutMillis));
                RaftException refusal = reply.getException();
                if (refusal == null && reply.isSuccess()) {
                    leader = target;
                    return reply;
                }
                last = refusal;
                target = refusal instanceof LeaderNotReadyException ? target : next(target, refusal);
            } catch (IOException e) {
                boolean unused = rpc.handleException(target, e, rpc.shouldReconnect(e));
                last = e;
                target = next(target, e);
            }
            if (!pause()) {
                break;
            }
        }
        throw unavailable(closed ? "it is closed" : "no leader answered in time", last);
    }

    private RaftClientRequest request(RaftPeerId target, long callId, Message message, long timeoutMillis) {
        return RaftClientRequest.newBuilder()
                .setClientId(clientId)
                .setGroupId(groupId)
                .setCallId(callId)
                .setServerId(target)
                .setMessage(message)
                .setType(RaftClientRequest.writeRequestType())
                .setTimeoutMs(timeoutMillis)
                .build();
    }

    /** Whom the voter that refused takes for the leader; otherwise the next one in turn. */
    private RaftPeerId next(RaftPeerId target, @Nullable Exception why) {
        if (why instanceof NotLeaderException notLeader) {
            learn(notLeader);
            RaftPeer suggested = notLeader.getSuggestedLeader();
            if (suggested != null && !suggested.getId().equals(target)) {
                return suggested.getId();
            }
        }
        return voters.get((voters.indexOf(target) + 1) % voters.size());
    }

    /** The voters may have changed since this client was made. */
    private void learn(NotLeaderException answer) {
        for (RaftPeer peer : answer.getPeers()) {
            if (!voters.contains(peer.getId())) {
                rpc.addRaftPeers(List.of(peer));
                voters.add(peer.getId());
            }
        }
    }

    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static ArbiterUnavailableException unavailable(String why, @Nullable Throwable cause) {
        return new ArbiterUnavailableException("the Arbiter's voters gave no answer: " + why, cause);
    }

    /** Calls under way end as unavailable. */
    @Override
    public void close() {
        closed = true;
        threads.shutdownNow();
        try {
            client.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
