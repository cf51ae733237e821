package io.kvgrid.core.wire;

import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.message.MessageType;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message as the payload of one frame. Big-endian; the transport's frame has the magic, the length and the checksum.
 *
 * <pre>
 *  offset width field
 *       0     1 version 1
 *       1     1 type: {@link MessageType#code}
 *       2     2 flags: none yet; others are refused (S25)
 *       4    64 envelope: {@link EnvelopeCodec}
 *      68       the type's body
 * </pre>
 *
 * A decoder takes nothing that no correct member sends: unknown versions, types and flags, numbers out of their range,
 * records with a wrong checksum, bytes left over. What it takes, it would encode to the same bytes again.
 */
public final class MessageCodec {
    /** No message is longer, in bytes; a longer one is neither sent nor read (X4). */
    public static final int MAX_MESSAGE_BYTES = 1 << 20;

    /** The most that the records of one {@link Message.Append} may have: the sum of their {@code length()}. */
    public static final int MAX_APPEND_BYTES;

    /** The most that the entries of one {@link Message.SnapshotChunk} may have: the sum of their {@code length()}. */
    public static final int MAX_CHUNK_BYTES;

    /** The most that the state in a {@link Message.SnapshotEnd} may have. */
    public static final int MAX_STATE_BYTES;

    /** The longest history in a {@link Message.Reconcile}; a sender with a longer one leaves out the oldest epochs. */
    public static final int MAX_HISTORY;

    static final int VERSION = 1;
    static final int HEADER_BYTES = 1 + 1 + 2 + EnvelopeCodec.BYTES;

    private static final @Nullable MessageType[] TYPE_OF_CODE = new MessageType[256];

    static {
        int bodyBytes = MAX_MESSAGE_BYTES - HEADER_BYTES;
        MAX_APPEND_BYTES = bodyBytes - AppendCodec.HEADER_BYTES;
        MAX_CHUNK_BYTES = bodyBytes - SnapshotCodec.CHUNK_HEADER_BYTES;
        MAX_STATE_BYTES = bodyBytes - SnapshotCodec.END_HEADER_BYTES;
        MAX_HISTORY = (bodyBytes - ReconcileCodec.HEADER_BYTES) / ReconcileCodec.EPOCH_START_BYTES;
        for (MessageType type : MessageType.values()) {
            TYPE_OF_CODE[type.code()] = type;
        }
    }

    private MessageCodec() {}

    /**
     * The message as the parts of one frame. Log records and a write's body are not copied: their own buffers are parts,
     * so a {@link io.kvgrid.spi.persistence.RecordBody} that was encoded must not be changed or sealed afterwards.
     *
     * @throws IllegalArgumentException if it would be longer than {@link #MAX_MESSAGE_BYTES}, a text in it is longer than
     *     its limit, or a write's body names another operation
     */
    public static List<ByteBuffer> encode(Envelope envelope, Message message) {
        WireWriter out = new WireWriter();
        MessageType type = message.type();
        out.u8(VERSION).u8(type.code()).u16(0);
        EnvelopeCodec.write(out, envelope);
        switch (type) {
            case CONFIG_REQUEST, LEAVE, HAND_OVER -> {}
            case CONFIG_ANNOUNCE -> ConfigCodec.write(out, ((Message.ConfigAnnounce) message).config());
            case JOIN_REQUEST -> JoinCodec.write(out, (Message.JoinRequest) message);
            case HEARTBEAT -> HeartbeatCodec.write(out, (Message.Heartbeat) message);
            case HEARTBEAT_ACK -> HeartbeatCodec.write(out, (Message.HeartbeatAck) message);
            case RECONCILE -> ReconcileCodec.write(out, (Message.Reconcile) message);
            case RECONCILED -> ReconcileCodec.write(out, (Message.Reconciled) message);
            case APPEND -> AppendCodec.write(out, (Message.Append) message);
            case APPEND_ACK -> AppendCodec.write(out, (Message.AppendAck) message);
            case APPEND_REJECT -> AppendCodec.write(out, (Message.AppendReject) message);
            case SNAPSHOT_CHUNK -> SnapshotCodec.write(out, (Message.SnapshotChunk) message);
            case SNAPSHOT_END -> SnapshotCodec.write(out, (Message.SnapshotEnd) message);
            case SNAPSHOT_ACK -> SnapshotCodec.write(out, (Message.SnapshotAck) message);
            case WRITE_REQUEST -> WriteCodec.write(out, (Message.WriteRequest) message);
            case WRITE_REPLY -> WriteCodec.write(out, (Message.WriteReply) message);
            case READ_REQUEST -> ReadCodec.write(out, (Message.ReadRequest) message);
            case READ_REPLY -> ReadCodec.write(out, (Message.ReadReply) message);
            case ARBITER_REQUEST -> ArbiterCodec.write(out, (Message.ArbiterRequest) message);
            case ARBITER_REPLY -> ArbiterCodec.write(out, (Message.ArbiterReply) message);
            case LEASE_REQUEST -> LeaseCodec.write(out, (Message.LeaseRequest) message);
            case LEASE_GRANT -> LeaseCodec.write(out, (Message.LeaseGrant) message);
            case STANDING -> JoinCodec.write(out, (Message.Standing) message);
            case STATE_DIGEST -> HeartbeatCodec.write(out, (Message.StateDigest) message);
        }
        return out.finish(type.name(), MAX_MESSAGE_BYTES);
    }

    /**
     * The message that the remaining bytes of {@code frame} are, all of them. Its position does not move, and nothing of
     * it is kept.
     *
     * @throws MalformedMessageException if they are no valid message; the connection they came from is to be closed
     */
    public static Decoded decode(ByteBuffer frame) throws MalformedMessageException {
        WireReader in = new WireReader(frame);
        if (in.remaining() > MAX_MESSAGE_BYTES) {
            throw in.malformed("message", 0, "at most " + MAX_MESSAGE_BYTES + " bytes", in.remaining() + " bytes");
        }
        MessageType type = type(in);
        Envelope envelope = EnvelopeCodec.read(in);
        Message message = body(type, in);
        in.end();
        return new Decoded(envelope, message);
    }

    private static MessageType type(WireReader in) throws MalformedMessageException {
        int version = in.u8("version");
        if (version != VERSION) {
            throw in.malformed("version", 1, Integer.toString(VERSION), Integer.toString(version));
        }
        int code = in.u8("type");
        MessageType type = TYPE_OF_CODE[code];
        if (type == null) {
            throw in.malformed("type", 1, "a known one", Integer.toString(code));
        }
        int flags = in.u16("flags");
        if (flags != 0) {
            throw in.malformed("flags", 2, "0", "0x" + Integer.toHexString(flags));
        }
        return type;
    }

    private static Message body(MessageType type, WireReader in) throws MalformedMessageException {
        return switch (type) {
            case CONFIG_REQUEST -> new Message.ConfigRequest();
            case CONFIG_ANNOUNCE -> new Message.ConfigAnnounce(ConfigCodec.read(in));
            case JOIN_REQUEST -> JoinCodec.read(in);
            case LEAVE -> new Message.Leave();
            case HEARTBEAT -> HeartbeatCodec.readHeartbeat(in);
            case HEARTBEAT_ACK -> HeartbeatCodec.readAck(in);
            case RECONCILE -> ReconcileCodec.readReconcile(in);
            case RECONCILED -> ReconcileCodec.readReconciled(in);
            case APPEND -> AppendCodec.readAppend(in);
            case APPEND_ACK -> AppendCodec.readAck(in);
            case APPEND_REJECT -> AppendCodec.readReject(in);
            case SNAPSHOT_CHUNK -> SnapshotCodec.readChunk(in);
            case SNAPSHOT_END -> SnapshotCodec.readEnd(in);
            case SNAPSHOT_ACK -> SnapshotCodec.readAck(in);
            case WRITE_REQUEST -> WriteCodec.readRequest(in);
            case WRITE_REPLY -> WriteCodec.readReply(in);
            case READ_REQUEST -> ReadCodec.readRequest(in);
            case READ_REPLY -> ReadCodec.readReply(in);
            case ARBITER_REQUEST -> ArbiterCodec.readRequest(in);
            case ARBITER_REPLY -> ArbiterCodec.readReply(in);
            case LEASE_REQUEST -> LeaseCodec.readRequest(in);
            case LEASE_GRANT -> LeaseCodec.readGrant(in);
            case HAND_OVER -> new Message.HandOver();
            case STANDING -> JoinCodec.readStanding(in);
            case STATE_DIGEST -> HeartbeatCodec.readDigest(in);
        };
    }
}
