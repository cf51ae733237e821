package io.kvgrid.core.message;

import io.kvgrid.OperationId;
import io.kvgrid.WriteOptions;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordBody;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** What the members of a grid say to each other. Immutable; buffers are not to be changed. */
public sealed interface Message {
    /** The message's code on the wire. */
    MessageType type();

    /** Asks for the receiver's present configuration. */
    record ConfigRequest() implements Message {
        @Override
        public MessageType type() {
            return MessageType.CONFIG_REQUEST;
        }
    }

    /** Tells the sender's present configuration. */
    record ConfigAnnounce(GridConfig config) implements Message {
        @Override
        public MessageType type() {
            return MessageType.CONFIG_ANNOUNCE;
        }
    }

    /** Asks the primary to bring the sender up to date and into the in-sync set; repeated until it reconciles. */
    record JoinRequest(Member self, RecordId last) implements Message {
        @Override
        public MessageType type() {
            return MessageType.JOIN_REQUEST;
        }
    }

    /**
     * Where the sender's log ends, told to the other members while no primary is known to live: the highest one leads (A5).
     */
    record Standing(Member self, RecordId last) implements Message {
        @Override
        public MessageType type() {
            return MessageType.STANDING;
        }
    }

    /** The sender closes, and reads nothing by its lease any more: the primary may remove it at once. */
    record Leave() implements Message {
        @Override
        public MessageType type() {
            return MessageType.LEAVE;
        }
    }

    /**
     * The primary's beacon.
     *
     * @param sentNanos the primary's monotonic clock when it sent this; echoed
     * @param sentLsn the last LSN it has sent to the receiver; a receiver that lacks it says so
     * @param commitLsn the primary's commit index, applied there already
     * @param gridTimeMillis the primary's grid time (P36)
     */
    record Heartbeat(long sentNanos, long sentLsn, long commitLsn, long gridTimeMillis) implements Message {
        @Override
        public MessageType type() {
            return MessageType.HEARTBEAT;
        }
    }

    /**
     * What the primary's state adds up to at {@code lsn}; a follower whose own differs there stops (P38).
     */
    record StateDigest(long lsn, long value) implements Message {
        @Override
        public MessageType type() {
            return MessageType.STATE_DIGEST;
        }
    }

    /** Echoes a beacon. */
    record HeartbeatAck(long sentNanos) implements Message {
        @Override
        public MessageType type() {
            return MessageType.HEARTBEAT_ACK;
        }
    }

    /**
     * Asks the primary for a read lease.
     *
     * @param sentNanos the sender's monotonic clock when it sent this; the lease counts from here (P28)
     */
    record LeaseRequest(long sentNanos) implements Message {
        @Override
        public MessageType type() {
            return MessageType.LEASE_REQUEST;
        }
    }

    /**
     * Grants what was asked for.
     *
     * @param sentNanos as it came
     */
    record LeaseGrant(long sentNanos) implements Message {
        @Override
        public MessageType type() {
            return MessageType.LEASE_GRANT;
        }
    }

    /** The primary has given up its authority for good: the receiver may take over without waiting (P13). */
    record HandOver() implements Message {
        @Override
        public MessageType type() {
            return MessageType.HAND_OVER;
        }
    }

    /**
     * The primary's log in outline, from which the receiver finds the common prefix (P15).
     *
     * @param history each epoch's first LSN, ascending
     * @param last the primary's last record
     */
    record Reconcile(List<EpochStart> history, RecordId last) implements Message {
        @Override
        public MessageType type() {
            return MessageType.RECONCILE;
        }
    }

    /** The sender's log now ends at {@code last}, durably, which is a prefix of the primary's (P15, P16). */
    record Reconciled(RecordId last) implements Message {
        @Override
        public MessageType type() {
            return MessageType.RECONCILED;
        }
    }

    /**
     * Log records in order.
     *
     * @param previous the record before the first one
     * @param commitLsn the primary's commit index, applied there already
     */
    record Append(RecordId previous, long commitLsn, List<LogRecord> records) implements Message {
        @Override
        public MessageType type() {
            return MessageType.APPEND;
        }
    }

    /**
     * All records up to {@code flushed} are on the sender's disk; cumulative (P12).
     *
     * @param lastLsn the last record it has received
     */
    record AppendAck(RecordId flushed, long lastLsn) implements Message {
        @Override
        public MessageType type() {
            return MessageType.APPEND_ACK;
        }
    }

    /** The sender lacks records behind {@code last}: send from there. */
    record AppendReject(RecordId last) implements Message {
        @Override
        public MessageType type() {
            return MessageType.APPEND_REJECT;
        }
    }

    /**
     * Part of a snapshot (P33).
     *
     * @param snapshotId numbers the primary's transfers
     * @param number numbers this transfer's chunks, from 0
     */
    record SnapshotChunk(long snapshotId, int number, List<SnapshotEntry> entries) implements Message {
        @Override
        public MessageType type() {
            return MessageType.SNAPSHOT_CHUNK;
        }
    }

    /**
     * The footer, without which the snapshot does not exist (P33).
     *
     * @param number one above the last chunk's
     * @param label the record whose state the snapshot is
     * @param state the grid's state beside its entries
     */
    record SnapshotEnd(long snapshotId, int number, RecordId label, ByteBuffer state) implements Message {
        @Override
        public MessageType type() {
            return MessageType.SNAPSHOT_END;
        }
    }

    /** Chunks up to {@code number} are stored: more may come. -1 before the first. */
    record SnapshotAck(long snapshotId, int number) implements Message {
        @Override
        public MessageType type() {
            return MessageType.SNAPSHOT_ACK;
        }
    }

    /**
     * A write that a secondary's client asked for.
     *
     * @param number numbers what the sender's run sends of this kind, from 1, a write that is sent again included. The
     *     primary judges each number at most once: a copy that a bad network delivers late must not be applied after its
     *     first was refused, since the client was told that it was not applied (P19)
     * @param operation its identity
     * @param clientFloor the client's lowest unsettled operation number (P19)
     * @param condition what must hold (P20)
     * @param version what {@link io.kvgrid.WriteOptions.Condition#VERSION} asks for
     * @param timeToLiveMillis 0 for never
     * @param body key and value, with the operation's identity written in
     */
    record WriteRequest(
            long number,
            OperationId operation,
            long clientFloor,
            WriteOptions.Condition condition,
            long version,
            long timeToLiveMillis,
            RecordBody body)
            implements Message {
        @Override
        public MessageType type() {
            return MessageType.WRITE_REQUEST;
        }
    }

    /** What became of a forwarded write. */
    record WriteReply(OperationId operation, WriteResult result) implements Message {
        @Override
        public MessageType type() {
            return MessageType.WRITE_REPLY;
        }
    }

    /** Asks the primary for an LSN that covers every write acknowledged before this was sent. */
    record ReadRequest(long nonce) implements Message {
        @Override
        public MessageType type() {
            return MessageType.READ_REQUEST;
        }
    }

    /** The LSN that the reads of {@code nonce} must have applied. */
    record ReadReply(long nonce, long commitLsn) implements Message {
        @Override
        public MessageType type() {
            return MessageType.READ_REPLY;
        }
    }

    /**
     * A call to the Arbiter that the receiver hosts.
     *
     * @param callId numbers the caller's calls
     * @param expectedCv for a compare-and-set
     * @param proposal empty for a read
     */
    record ArbiterRequest(long callId, long expectedCv, Optional<GridConfig> proposal) implements Message {
        @Override
        public MessageType type() {
            return MessageType.ARBITER_REQUEST;
        }
    }

    /**
     * The hosted Arbiter's answer.
     *
     * @param applied whether a compare-and-set was applied
     * @param reason why not; empty otherwise
     * @param current the configuration now
     */
    record ArbiterReply(long callId, boolean applied, String reason, Optional<GridConfig> current) implements Message {
        @Override
        public MessageType type() {
            return MessageType.ARBITER_REPLY;
        }
    }
}
