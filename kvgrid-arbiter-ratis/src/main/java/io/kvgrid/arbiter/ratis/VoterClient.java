package io.kvgrid.arbiter.ratis;

import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.RaftException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.apache.ratis.rpc.CallId;
import org.jspecify.annotations.Nullable;

/** Sends requests to the voters and remembers who leads them. Thread-safe; calls block. */
final class VoterClient implements AutoCloseable {
    private static final long ATTEMPT_MILLIS = 400;
    private static final long PAUSE_MILLIS = 25;

    private final ClientId clientId = ClientId.randomId();
    private final RaftGroupId groupId;
    private final RaftClient client;
    private final RaftClientRpc rpc;
    private final List<RaftPeerId> voters = new CopyOnWriteArrayList<>();
    private final List<String> addresses = new CopyOnWriteArrayList<>();
    private volatile RaftPeerId leader;
    private volatile boolean closed;

    VoterClient(RaftGroup group) {
        groupId = group.getGroupId();
        client = RaftClient.newBuilder()
                .setClientId(clientId)
                .setRaftGroup(group)
                .setProperties(RaftSettings.client())
                .build();
        rpc = client.getClientRpc();
        group.getPeers().forEach(this::add);
        leader = voters.get(0);
    }

    /** Makes the request for one attempt. */
    interface Request {
        RaftClientRequest to(ClientId clientId, RaftPeerId voter, RaftGroupId groupId, long callId, long timeoutMillis);
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Asks one voter after the other until the leader has answered. All attempts carry one call id, so that the voters take
     * a command once.
     *
     * @throws ArbiterUnavailableException if the time is up; the request may take effect yet
     */
    RaftClientReply askLeader(Request request, long deadlineNanos) {
        long callId = CallId.getAndIncrement();
        RaftPeerId target = leader;
        Exception last = null;
        for (long left = left(deadlineNanos); left > 0 && !closed; left = left(deadlineNanos)) {
            try {
                RaftClientReply reply = send(request, target, callId, Math.min(ATTEMPT_MILLIS, left));
                RaftException refusal = reply.getException();
                if (refusal == null && reply.isSuccess()) {
                    leader = target;
                    return reply;
                }
                last = refusal;
                target = refusal instanceof LeaderNotReadyException ? target : next(target, refusal);
            } catch (IOException e) {
                last = e;
                target = next(target, e);
            }
            if (last instanceof SetConfigurationException || !pause()) {
                break;
            }
        }
        throw new ArbiterUnavailableException(
                "the Arbiter's voters gave no answer: " + (closed ? "it is closed" : "no leader answered in time"),
                last);
    }

    private static long left(long deadlineNanos) {
        return TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    }

    /** Asks one voter, once. */
    RaftClientReply ask(RaftPeerId voter, Request request) throws IOException {
        RaftClientReply reply = send(request, voter, CallId.getAndIncrement(), ATTEMPT_MILLIS);
        if (reply.getException() != null) {
            throw reply.getException();
        }
        return reply;
    }

    private RaftClientReply send(Request request, RaftPeerId target, long callId, long timeoutMillis)
            throws IOException {
        try {
            return rpc.sendRequest(request.to(clientId, target, groupId, callId, timeoutMillis));
        } catch (IOException e) {
            boolean unused = rpc.handleException(target, e, rpc.shouldReconnect(e));
            throw e;
        } catch (RuntimeException e) { // some kinds of requests let gRPC's own exceptions through
            boolean unused = rpc.handleException(target, e, true);
            throw new IOException("no answer from " + target, e);
        }
    }

    /** Whom the voter that refused takes for the leader; otherwise the next one in turn. */
    private RaftPeerId next(RaftPeerId target, @Nullable Exception why) {
        if (why instanceof NotLeaderException notLeader) {
            learn(notLeader.getPeers());
            RaftPeer suggested = notLeader.getSuggestedLeader();
            if (suggested != null && !suggested.getId().equals(target)) {
                return suggested.getId();
            }
        }
        return voters.get((voters.indexOf(target) + 1) % voters.size());
    }

    /** There may be other voters than when this client was made. */
    synchronized void learn(Collection<RaftPeer> peers) {
        for (RaftPeer peer : peers) {
            if (!voters.contains(peer.getId())) {
                rpc.addRaftPeers(List.of(peer));
                add(peer);
            }
        }
    }

    private void add(RaftPeer peer) {
        voters.add(peer.getId());
        addresses.add(peer.getAddress());
    }

    /** All voters that this client knows, also former ones. */
    List<String> addresses() {
        return addresses;
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

    @Override
    public void close() {
        closed = true;
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
