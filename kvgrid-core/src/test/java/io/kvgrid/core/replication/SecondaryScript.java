package io.kvgrid.core.replication;

import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.RecordId;
import java.util.List;

/** What a secondary says to the primary under test, said by hand. */
final class SecondaryScript {
    private final ReplicaDriver primary;
    private final Member self;

    SecondaryScript(ReplicaDriver primary, Member self) {
        this.primary = primary;
        this.self = self;
    }

    /** Connects, asks to join with an empty log, and says that it is a prefix of the primary's. */
    SecondaryScript follows() {
        primary.joins(self);
        primary.receive(self, new Message.Reconciled(RecordId.NONE));
        return this;
    }

    /** Joins until it is in S. */
    SecondaryScript joins() {
        follows();
        flushes();
        return this;
    }

    /** All that the primary has is on this node's disk. */
    void flushes() {
        flushes(primary.state().last());
    }

    void flushes(RecordId id) {
        primary.receive(self, new Message.AppendAck(id, id.lsn()));
    }

    /** Echoes the newest beacon. */
    void echoes() {
        List<Message.Heartbeat> beacons = primary.sent(Message.Heartbeat.class);
        echoes(beacons.get(beacons.size() - 1).sentNanos());
    }

    void echoes(long sentNanos) {
        primary.receive(self, new Message.HeartbeatAck(sentNanos));
    }

    void says(Message message) {
        primary.receive(self, message);
    }
}
