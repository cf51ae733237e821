package io.kvgrid.core.wire;

import io.kvgrid.NodeId;
import io.kvgrid.OperationId;
import io.kvgrid.WriteOptions.Condition;
import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.message.EpochStart;
import io.kvgrid.core.message.Hello;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.message.WriteResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordBody;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** One of everything that goes over the wire, with a different number in each field. */
final class Samples {
    static final UUID LINEAGE = new UUID(0x1111111111111111L, 0x1111111111111112L);
    static final UUID BOOT_A = new UUID(0xA0A0A0A0A0A0A0A0L, 0xA0A0A0A0A0A0A0A1L);
    static final UUID BOOT_B = new UUID(0xB0B0B0B0B0B0B0B0L, 0xB0B0B0B0B0B0B0B1L);
    static final UUID STORE_A = new UUID(0xA5A5A5A5A5A5A5A5L, 0xA5A5A5A5A5A5A5A6L);
    static final UUID STORE_B = new UUID(0xB5B5B5B5B5B5B5B5L, 0xB5B5B5B5B5B5B5B6L);
    static final UUID NONCE = new UUID(0x7777777777777777L, 0x7777777777777778L);
    static final UUID CLIENT = new UUID(0xC0C0C0C0C0C0C0C0L, 0xC0C0C0C0C0C0C0C1L);

    /** Stands in keys and values, which may appear in no text (X11). */
    static final String CANARY = "canary";

    static final Envelope ENVELOPE = new Envelope(LINEAGE, 5, 3, BOOT_A, BOOT_B);
    static final Member A = new Member(new NodeId("a"), STORE_A, BOOT_A, 4, "127.0.0.1:7400");
    static final Member B = new Member(new NodeId("b-2"), STORE_B, BOOT_B, 2, "");
    static final GridConfig CONFIG =
            new GridConfig(LINEAGE, 5, 3, A.nodeId(), A.bootId(), List.of(A, B), 2, true, 1, NONCE);
    static final RecordId PREVIOUS = new RecordId(2, 41, 0xCAFEBABE);

    private Samples() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static ByteBuffer buffer(String text) {
        return ByteBuffer.wrap(bytes(text));
    }

    static RecordBody put(String key, String value) {
        return RecordFormat.body(RecordKind.PUT, 9, bytes(key), bytes(value));
    }

    static RecordBody removal(String key) {
        return RecordFormat.body(RecordKind.REMOVE, 9, bytes(key), new byte[0]);
    }

    static RecordBody blank(RecordKind kind) {
        return RecordFormat.body(kind, 0, new byte[0], new byte[0]);
    }

    static OperationId operation(long number) {
        return new OperationId(CLIENT, number);
    }

    /** Three records of which each follows the one before; the first follows {@link #PREVIOUS}. */
    static List<LogRecord> records() {
        LogRecord start = blank(RecordKind.EPOCH_START).seal(PREVIOUS, 3, 1_000_000, 0);
        LogRecord put = put("k-" + CANARY, "v-" + CANARY)
                .operation(operation(17), 12)
                .seal(start.id(), 3, 1_000_001, 1_060_000);
        LogRecord removal = removal("r-" + CANARY).operation(operation(18), 12).seal(put.id(), 3, 1_000_002, 0);
        return List.of(start, put, removal);
    }

    static Message.WriteRequest writeRequest(RecordBody body) {
        return new Message.WriteRequest(
                7, operation(19), 13, Condition.VERSION, 42, 60_000, body.operation(operation(19), 13));
    }

    /** Name → message; the name is that of the message's class, and of the case if there are several. */
    static Map<String, Message> messages() {
        Map<String, Message> all = new LinkedHashMap<>();
        all.put("ConfigRequest", new Message.ConfigRequest());
        all.put("ConfigAnnounce", new Message.ConfigAnnounce(CONFIG));
        all.put("JoinRequest", new Message.JoinRequest(B, PREVIOUS));
        all.put("JoinRequest.emptyLog", new Message.JoinRequest(A, RecordId.NONE));
        all.put("Leave", new Message.Leave());
        all.put("Heartbeat", new Message.Heartbeat(-123_456_789_012_345L, 44, 43, 1_000_003));
        all.put("HeartbeatAck", new Message.HeartbeatAck(-123_456_789_012_345L));
        all.put(
                "Reconcile",
                new Message.Reconcile(
                        List.of(new EpochStart(1, 1), new EpochStart(2, 30), new EpochStart(3, 42)),
                        new RecordId(3, 44, 0x0BADF00D)));
        all.put("Reconciled", new Message.Reconciled(PREVIOUS));
        all.put("Append", new Message.Append(PREVIOUS, 40, records()));
        all.put("Append.empty", new Message.Append(RecordId.NONE, 0, List.of()));
        all.put("AppendAck", new Message.AppendAck(new RecordId(3, 44, 0x0BADF00D), 46));
        all.put("AppendReject", new Message.AppendReject(PREVIOUS));
        all.put(
                "SnapshotChunk",
                new Message.SnapshotChunk(
                        6,
                        2,
                        List.of(
                                new SnapshotEntry(9, buffer("k-" + CANARY), buffer("v-" + CANARY), 33, 1_060_000),
                                new SnapshotEntry(9, buffer("r-" + CANARY), null, 34, 0),
                                new SnapshotEntry(8, buffer(""), buffer(""), 35, 0))));
        all.put("SnapshotEnd", new Message.SnapshotEnd(6, 3, PREVIOUS, buffer("state")));
        all.put("SnapshotAck", new Message.SnapshotAck(6, -1));
        all.put("WriteRequest", writeRequest(put("k-" + CANARY, "v-" + CANARY)));
        all.put(
                "WriteReply",
                new Message.WriteReply(operation(19), new WriteResult(WriteResult.Kind.CONDITION_FAILED, 42)));
        all.put("ReadRequest", new Message.ReadRequest(0x0123456789ABCDEFL));
        all.put("ReadReply", new Message.ReadReply(0x0123456789ABCDEFL, 43));
        all.put("ArbiterRequest", new Message.ArbiterRequest(21, 4, Optional.of(CONFIG)));
        all.put("ArbiterRequest.read", new Message.ArbiterRequest(22, 0, Optional.empty()));
        all.put("ArbiterReply", new Message.ArbiterReply(21, false, "cv is 5 – not 4", Optional.of(CONFIG)));
        all.put("ArbiterReply.empty", new Message.ArbiterReply(22, true, "", Optional.empty()));
        all.put("LeaseRequest", new Message.LeaseRequest(-123_456_789_012_345L));
        all.put("LeaseGrant", new Message.LeaseGrant(-123_456_789_012_345L));
        all.put("HandOver", new Message.HandOver());
        all.put("Standing", new Message.Standing(B, PREVIOUS));
        all.put("StateDigest", new Message.StateDigest(4_096, 0xD16E57D16E57D16EL));
        return all;
    }

    static Hello hello() {
        return hello(true);
    }

    static Hello hello(boolean leasedReads) {
        return new Hello(
                "orders",
                A.nodeId(),
                BOOT_A,
                STORE_A,
                Optional.of(LINEAGE),
                A.address(),
                true,
                1,
                2,
                2,
                600,
                leasedReads,
                buffer("digest"));
    }

    /** The parts of a frame as one array, as the transport joins them. */
    static byte[] join(List<ByteBuffer> parts) {
        int length = parts.stream().mapToInt(ByteBuffer::remaining).sum();
        ByteBuffer all = ByteBuffer.allocate(length);
        parts.forEach(part -> all.put(part.duplicate()));
        return all.array();
    }

    static byte[] encode(Message message) {
        return join(MessageCodec.encode(ENVELOPE, message));
    }
}
