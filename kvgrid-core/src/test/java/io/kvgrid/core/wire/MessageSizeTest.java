package io.kvgrid.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kvgrid.NodeId;
import io.kvgrid.WriteOptions.Condition;
import io.kvgrid.core.message.EpochStart;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** No message is longer than 1 MiB, and what may be as long as that is. */
class MessageSizeTest {
    private static final int LIMIT = MessageCodec.MAX_MESSAGE_BYTES;

    @Test
    void recordsOfOneAppendFillAMessageExactly() throws MalformedMessageException {
        LogRecord first = record(RecordId.NONE, 1000);
        LogRecord fits = record(first.id(), MessageCodec.MAX_APPEND_BYTES - 1000);
        LogRecord tooLong = record(first.id(), MessageCodec.MAX_APPEND_BYTES - 999);

        assertFills(new Message.Append(RecordId.NONE, 0, List.of(first, fits)));
        assertTooLong(new Message.Append(RecordId.NONE, 0, List.of(first, tooLong)));
    }

    /** What {@link io.kvgrid.GridLimits} lets through, key and value of 1 MiB - 16 KiB together, must go on the wire. */
    @Test
    void theLargestWriteFitsForwardedAndInTheLog() throws MalformedMessageException {
        int keyAndValue = (1 << 20) - (16 << 10);
        var body = RecordFormat.body(RecordKind.PUT, 1, new byte[1], new byte[keyAndValue - 1])
                .operation(Samples.operation(1), 0);

        assertFits(new Message.WriteRequest(1, Samples.operation(1), 0, Condition.NONE, 0, 0, body));
        assertFits(new Message.Append(RecordId.NONE, 0, List.of(body.seal(RecordId.NONE, 1, 1, 0))));
    }

    @Test
    void entriesOfOneChunkFit() throws MalformedMessageException {
        SnapshotEntry small = new SnapshotEntry(1, Samples.buffer("k"), null, 1, 0);
        List<SnapshotEntry> many = IntStream.range(0, MessageCodec.MAX_CHUNK_BYTES / small.length())
                .mapToObj(i -> small)
                .toList();
        int valueBytes = MessageCodec.MAX_CHUNK_BYTES - SnapshotEntry.OVERHEAD_BYTES - 1;
        SnapshotEntry one = new SnapshotEntry(1, Samples.buffer("k"), ByteBuffer.allocate(valueBytes), 1, 0);
        SnapshotEntry tooLong = new SnapshotEntry(1, Samples.buffer("k"), ByteBuffer.allocate(LIMIT), 1, 0);

        assertFits(new Message.SnapshotChunk(1, 0, many));
        assertFits(new Message.SnapshotChunk(1, 0, List.of(one)));
        assertTooLong(new Message.SnapshotChunk(1, 0, List.of(tooLong)));
    }

    @Test
    void stateFillsAMessageExactly() throws MalformedMessageException {
        assertFills(new Message.SnapshotEnd(1, 0, RecordId.NONE, ByteBuffer.allocate(MessageCodec.MAX_STATE_BYTES)));
        assertTooLong(
                new Message.SnapshotEnd(1, 0, RecordId.NONE, ByteBuffer.allocate(MessageCodec.MAX_STATE_BYTES + 1)));
    }

    @Test
    void longestHistoryFits() throws MalformedMessageException {
        assertFits(new Message.Reconcile(history(MessageCodec.MAX_HISTORY), RecordId.NONE));
        assertTooLong(new Message.Reconcile(history(MessageCodec.MAX_HISTORY + 1), RecordId.NONE));
    }

    @Test
    void largestConfigurationFits() throws MalformedMessageException {
        assertFits(new Message.ConfigAnnounce(config(ConfigCodec.MAX_MEMBERS)));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Samples.encode(new Message.ConfigAnnounce(config(ConfigCodec.MAX_MEMBERS + 1))))
                .withMessageContaining("256 members");
    }

    private static List<EpochStart> history(int epochs) {
        return LongStream.rangeClosed(1, epochs)
                .mapToObj(i -> new EpochStart(i, i))
                .toList();
    }

    private static GridConfig config(int members) {
        List<Member> all = IntStream.range(0, members)
                .mapToObj(i -> new Member(
                        new NodeId("n".repeat(61) + String.format(Locale.ROOT, "%03d", i)),
                        Samples.STORE_A,
                        Samples.BOOT_A,
                        1,
                        "h".repeat(253) + ":65535"))
                .toList();
        return new GridConfig(
                Samples.LINEAGE, 1, 1, all.get(0).nodeId(), Samples.BOOT_A, all, 1, false, 1, Samples.NONCE);
    }

    private static LogRecord record(RecordId previous, int length) {
        return RecordFormat.body(RecordKind.PUT, 1, new byte[0], new byte[length - RecordFormat.HEADER_BYTES])
                .seal(previous, 1, 1, 0);
    }

    private static void assertFills(Message message) throws MalformedMessageException {
        assertThat(assertFits(message)).isEqualTo(LIMIT);
    }

    private static int assertFits(Message message) throws MalformedMessageException {
        byte[] bytes = Samples.encode(message);

        Message read = MessageCodec.decode(ByteBuffer.wrap(bytes)).message();

        assertThat(bytes.length).isLessThanOrEqualTo(LIMIT);
        assertThat(Samples.encode(read)).isEqualTo(bytes);
        return bytes.length;
    }

    private static void assertTooLong(Message message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Samples.encode(message))
                .withMessageContaining(message.type().name())
                .withMessageContaining("limit of " + LIMIT);
    }
}
