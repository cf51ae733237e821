package io.kvgrid.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kvgrid.NodeId;
import io.kvgrid.WriteOptions.Condition;
import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.message.EpochStart;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordBody;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages whose bytes are well formed, and that no correct member sends. */
class MessageRulesTest {
    private static final List<LogRecord> RECORDS = Samples.records();

    @Test
    void appendWithAGapIsMalformed() {
        assertMalformed("record", new Message.Append(Samples.PREVIOUS, 40, List.of(RECORDS.get(0), RECORDS.get(2))));
    }

    @Test
    void appendWhoseFirstRecordDoesNotFollowPreviousIsMalformed() {
        RecordId other = new RecordId(2, 41, 0xBAD);

        assertMalformed("record", new Message.Append(other, 40, RECORDS));
        assertMalformed("record", new Message.Append(RecordId.NONE, 40, RECORDS));
    }

    @Test
    void appendWithRecordsOutOfOrderIsMalformed() {
        assertMalformed(
                "record",
                new Message.Append(Samples.PREVIOUS, 40, List.of(RECORDS.get(0), RECORDS.get(0), RECORDS.get(1))));
    }

    @Test
    void appendWhoseEpochFallsIsMalformed() {
        LogRecord older = Samples.blank(RecordKind.NO_OP).seal(RECORDS.get(0).id(), 2, 1, 0);

        assertMalformed("record", new Message.Append(Samples.PREVIOUS, 40, List.of(RECORDS.get(0), older)));
    }

    @ParameterizedTest
    @EnumSource(
            value = RecordKind.class,
            names = {"EPOCH_START", "NO_OP"})
    void clientsWriteOnlyPutsAndRemovals(RecordKind kind) {
        assertMalformed("body", request(Condition.NONE, 0, 0, Samples.blank(kind)));
    }

    /** The primary would seal it into a record that no log can read. */
    @Test
    void aRemovalHasNoTimeToLive() {
        assertMalformed("time to live", request(Condition.NONE, 0, 1, Samples.removal("k")));
    }

    @Test
    void onlyTheVersionConditionHasAVersion() {
        assertMalformed("version", request(Condition.ABSENT, 1, 0, Samples.put("k", "v")));
    }

    @Test
    void aVersionAskedForMayBeAnyNumber() throws MalformedMessageException {
        var read = decode(request(Condition.VERSION, -1, 0, Samples.put("k", "v")));

        assertThat(((Message.WriteRequest) read).version()).isEqualTo(-1);
    }

    @Test
    void requestsAreNumberedFromOne() {
        byte[] bytes = Samples.encode(request(Condition.NONE, 0, 0, Samples.put("k", "v")));

        assertMalformed("number", Mutations.withInt(bytes, MessageCodec.HEADER_BYTES + 4, 0));
        assertMalformed("number", Mutations.withInt(bytes, MessageCodec.HEADER_BYTES, -1));
    }

    @Test
    void aBodyThatNamesNoOperationIsMalformed() throws MalformedMessageException {
        byte[] bytes = Samples.encode(request(Condition.NONE, 0, 0, Samples.put("k", "v")));
        int flags = MessageCodec.HEADER_BYTES + 25 + 4;

        assertMalformed("body", Mutations.withInt(bytes, flags, 0));
    }

    /** The primary would seal unknown flags, or a negative number, into a record that no log can read. */
    @Test
    void aBodyThatWouldMakeAnUnreadableRecordIsMalformed() {
        byte[] bytes = Samples.encode(request(Condition.NONE, 0, 0, Samples.put("k", "v")));
        int body = MessageCodec.HEADER_BYTES + 25;

        assertMalformed("body", Mutations.withInt(bytes, body + 4, 0x80000001));
        assertMalformed("body", Mutations.withInt(bytes, body + 4, 3));
        assertMalformed("body", Mutations.withInt(bytes, body + 64, -1));
        assertMalformed("body", Mutations.withInt(bytes, body + 72, -1));
    }

    @Test
    void historyAscends() {
        RecordId last = new RecordId(3, 44, 7);

        assertMalformed("epoch", new Message.Reconcile(List.of(new EpochStart(2, 1), new EpochStart(2, 5)), last));
        assertMalformed("epoch", new Message.Reconcile(List.of(new EpochStart(2, 5), new EpochStart(3, 5)), last));
        assertMalformed("epoch", new Message.Reconcile(List.of(new EpochStart(0, 1)), last));
        assertMalformed("epoch", new Message.Reconcile(List.of(new EpochStart(1, 0)), last));
    }

    @Test
    void aRecordIdIsWholeOrNone() {
        assertMalformed("flushed", new Message.AppendAck(new RecordId(1, 0, 0), 0));
        assertMalformed("flushed", new Message.AppendAck(new RecordId(0, 1, 0), 0));
        assertMalformed("flushed", new Message.AppendAck(new RecordId(0, 0, 1), 0));
    }

    @Test
    void lsnsAndTimesAreNotNegative() {
        assertMalformed("last LSN", new Message.AppendAck(RecordId.NONE, -1));
        assertMalformed("sent LSN", new Message.Heartbeat(0, -1, 0, 0));
        assertMalformed("commit LSN", new Message.Heartbeat(0, 0, -1, 0));
        assertMalformed("grid time", new Message.Heartbeat(0, 0, 0, -1));
        assertMalformed("commit LSN", new Message.ReadReply(0, -1));
        assertMalformed("number", new Message.SnapshotAck(1, -2));
        assertMalformed("number", new Message.SnapshotChunk(1, -1, List.of()));
        assertMalformed("expected cv", new Message.ArbiterRequest(1, -1, Optional.empty()));
    }

    @Test
    void cvAndEpochOfAnEnvelopeAreNotNegative() {
        for (Envelope envelope : List.of(
                new Envelope(Samples.LINEAGE, -1, 0, Samples.BOOT_A, Samples.BOOT_B),
                new Envelope(Samples.LINEAGE, 0, -1, Samples.BOOT_A, Samples.BOOT_B))) {
            byte[] bytes = Samples.join(MessageCodec.encode(envelope, new Message.Leave()));

            assertMalformed(envelope.cv() < 0 ? "cv" : "epoch", bytes);
        }
    }

    /** P2: whoever adopts a configuration relies on its primary being a member in its present run. */
    @Test
    void anAnnouncedConfigurationIsOneThatAnArbiterCanHold() {
        GridConfig good = Samples.CONFIG;
        List<Member> members = good.members();

        assertMalformed("primary", announce(1, 1, new NodeId("c"), Samples.BOOT_A, members, 1, 1));
        assertMalformed("primary", announce(1, 1, Samples.A.nodeId(), Samples.BOOT_B, members, 1, 1));
        assertMalformed("primary", announce(1, 1, Samples.A.nodeId(), Samples.BOOT_A, List.of(), 1, 1));
        assertMalformed(
                "members",
                announce(1, 1, Samples.A.nodeId(), Samples.BOOT_A, List.of(Samples.A, Samples.B, Samples.B), 1, 1));
        assertMalformed("configuration", announce(0, 1, Samples.A.nodeId(), Samples.BOOT_A, members, 1, 1));
        assertMalformed("configuration", announce(1, 0, Samples.A.nodeId(), Samples.BOOT_A, members, 1, 1));
        assertMalformed("configuration", announce(1, 1, Samples.A.nodeId(), Samples.BOOT_A, members, 0, 1));
        assertMalformed("configuration", announce(1, 1, Samples.A.nodeId(), Samples.BOOT_A, members, 1, 0));
    }

    /** P3: it is the Arbiter that refuses a bad proposal, and says why. */
    @Test
    void aProposalIsLeftToTheArbiterToJudge() throws MalformedMessageException {
        GridConfig bad = announce(-1, 0, new NodeId("c"), Samples.BOOT_A, List.of(Samples.B, Samples.B), 0, -1)
                .config();
        var request = new Message.ArbiterRequest(1, 0, Optional.of(bad));

        assertThat(decode(request)).isEqualTo(request);
        assertMalformed("configuration", new Message.ArbiterReply(1, false, "", Optional.of(bad)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"host", "host:", ":1", "host:65536", "host:123456", "host:-1", "host:x", "ho st:1", "höst:1"})
    void anAddressReadsHostAndPort(String address) {
        Member member = new Member(new NodeId("a"), Samples.STORE_A, Samples.BOOT_A, 1, address);

        assertMalformed("address", new Message.JoinRequest(member, RecordId.NONE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "h:0", "10.0.0.1:65535", "0:0:0:0:0:0:0:1:7400", "[fe80::1%eth0]:7400"})
    void addressesOfAllFamiliesAreTaken(String address) throws MalformedMessageException {
        Member member = new Member(new NodeId("a"), Samples.STORE_A, Samples.BOOT_A, 1, address);
        var request = new Message.JoinRequest(member, RecordId.NONE);

        assertThat(decode(request)).isEqualTo(request);
    }

    private static Message.WriteRequest request(Condition condition, long version, long ttl, RecordBody body) {
        return new Message.WriteRequest(
                1, Samples.operation(1), 1, condition, version, ttl, body.operation(Samples.operation(1), 1));
    }

    private static Message.ConfigAnnounce announce(
            long cv, long epoch, NodeId primary, UUID bootId, List<Member> members, int minInSync, int level) {
        return new Message.ConfigAnnounce(new GridConfig(
                Samples.LINEAGE, cv, epoch, primary, bootId, members, minInSync, false, level, Samples.NONCE));
    }

    private static Message decode(Message message) throws MalformedMessageException {
        return MessageCodec.decode(ByteBuffer.wrap(Samples.encode(message))).message();
    }

    private static void assertMalformed(String field, Message message) {
        assertMalformed(field, Samples.encode(message));
    }

    private static void assertMalformed(String field, byte[] bytes) {
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> MessageCodec.decode(ByteBuffer.wrap(bytes)))
                .satisfies(e -> assertThat(e.field()).isEqualTo(field));
    }
}
