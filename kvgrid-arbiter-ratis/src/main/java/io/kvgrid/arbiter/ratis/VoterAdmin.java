package io.kvgrid.arbiter.ratis;

import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.GroupInfoReply;
import org.apache.ratis.protocol.GroupInfoRequest;
import org.apache.ratis.protocol.GroupListReply;
import org.apache.ratis.protocol.GroupListRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SetConfigurationRequest.Arguments;
import org.apache.ratis.protocol.SetConfigurationRequest.Mode;

/** Who the voters are. Thread-safe; calls block. */
final class VoterAdmin {
    private final VoterClient client;
    private final RaftGroupId groupId;

    VoterAdmin(VoterClient client, RaftGroupId groupId) {
        this.client = client;
        this.groupId = groupId;
    }

    /**
     * How a voter stands.
     *
     * @param hasHistory whether anything stands in its log; without it, what it says of the voters means nothing
     * @param voters who it takes for the voters
     * @param leader the address of the one that it takes for their leader
     */
    record Standing(boolean hasHistory, List<String> voters, Optional<String> leader) {
        static final Standing FRESH = new Standing(false, List.of(), Optional.empty());
    }

    /** How the voter at {@code address} stands; empty if it does not answer. */
    Optional<Standing> standing(String address) {
        try {
            GroupListReply groups = (GroupListReply) client.ask(
                    VoterGroup.peerId(address),
                    (clientId, voter, group, callId, timeout) -> new GroupListRequest(clientId, voter, group, callId));
            if (!groups.getGroupIds().contains(groupId)) {
                return Optional.of(Standing.FRESH);
            }
            GroupInfoReply info = (GroupInfoReply) client.ask(
                    VoterGroup.peerId(address),
                    (clientId, voter, group, callId, timeout) -> new GroupInfoRequest(clientId, voter, group, callId));
            boolean hasHistory = info.getLogInfoProto().hasLastEntry()
                    || info.getLogInfoProto().hasLastSnapshot();
            List<RaftPeerProto> peers =
                    info.getConf().map(RaftConfigurationProto::getPeersList).orElse(List.of());
            return Optional.of(new Standing(
                    hasHistory,
                    peers.stream().map(RaftPeerProto::getAddress).sorted().toList(),
                    leader(info.getRoleInfoProto(), address)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> leader(RoleInfoProto role, String self) {
        if (role.getRole() == RaftPeerRole.LEADER) {
            return Optional.of(self);
        }
        String address = role.getFollowerInfo().getLeaderInfo().getId().getAddress();
        return address.isEmpty() ? Optional.empty() : Optional.of(address);
    }

    /** Who has a vote, as the first of {@code asked} says that knows. May be out of date: {@link #change} then refuses. */
    Optional<List<String>> voters(Collection<String> asked) {
        return standings(asked).findFirst().map(Standing::voters);
    }

    /** How all voters stand, as those say that this client knows; rather one who knows a leader. */
    RatisArbiter.Status status() {
        List<Standing> standings = standings(client.addresses()).toList();
        Standing best = standings.stream()
                .filter(standing -> standing.leader().isPresent())
                .findFirst()
                .or(() -> standings.stream().findFirst())
                .orElseThrow(() -> new ArbiterUnavailableException("no voter with a history answers", null));
        return new RatisArbiter.Status(best.voters(), best.leader());
    }

    private Stream<Standing> standings(Collection<String> asked) {
        return asked.stream()
                .flatMap(address -> standing(address).stream())
                .filter(standing -> standing.hasHistory() && !standing.voters().isEmpty());
    }

    /**
     * Replaces the voters {@code from} by {@code to}; the new ones run and have caught up when it returns.
     *
     * @throws ArbiterUnavailableException if it was not done in time, or there are other voters than {@code from}; it may
     *     have been done
     */
    void change(Collection<String> from, Collection<String> to, long deadlineNanos) {
        Collection<String> all = new TreeSet<>(from);
        all.addAll(to);
        client.learn(VoterGroup.peers(all));
        Arguments arguments = Arguments.newBuilder()
                .setMode(Mode.COMPARE_AND_SET)
                .setServersInCurrentConf(VoterGroup.peers(from))
                .setServersInNewConf(VoterGroup.peers(to))
                .build();
        try {
            client.askLeader(
                    (clientId, voter, group, callId, timeout) ->
                            new SetConfigurationRequest(clientId, voter, group, callId, arguments),
                    deadlineNanos);
        } catch (ArbiterUnavailableException e) {
            // an attempt whose answer was lost makes the next one fail although all is done
            if (voters(to)
                    .map(now -> now.equals(List.copyOf(new TreeSet<>(to))))
                    .orElse(false)) {
                return;
            }
            throw e;
        }
    }
}
