package io.kvgrid.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kvgrid.core.message.Message;
import io.kvgrid.core.message.MessageType;
import io.kvgrid.spi.persistence.RecordBody;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each message looks like on the wire. */
class MessageCodecTest {
    private static final Map<String, byte[]> GOLDEN = GoldenFile.read("messages-v1.txt");

    static Stream<String> names() {
        return Samples.messages().keySet().stream();
    }

    @Test
    void everyMessageHasASampleAndGoldenBytes() {
        var permitted = Arrays.stream(Message.class.getPermittedSubclasses()).collect(Collectors.toSet());

        var sampled = Samples.messages().values().stream().map(Object::getClass).collect(Collectors.toSet());
        var types = Samples.messages().values().stream().map(Message::type).collect(Collectors.toSet());

        assertThat(sampled).isEqualTo(permitted);
        assertThat(types).containsExactlyInAnyOrder(MessageType.values());
        assertThat(new TreeSet<>(GOLDEN.keySet())).isEqualTo(new TreeSet<>(names().toList()));
    }

    @ParameterizedTest
    @MethodSource("names")
    void sampleIsWrittenAsItsGoldenBytes(String name) {
        byte[] written = Samples.encode(message(name));

        assertThat(GoldenFile.format(name, written)).isEqualTo(GoldenFile.format(name, golden(name)));
    }

    @ParameterizedTest
    @MethodSource("names")
    void goldenBytesAreReadAsTheirSample(String name) throws MalformedMessageException {
        Decoded read = MessageCodec.decode(ByteBuffer.wrap(golden(name)));

        assertThat(read.envelope()).isEqualTo(Samples.ENVELOPE);
        assertThat(comparable(read.message())).isEqualTo(comparable(message(name)));
    }

    @ParameterizedTest
    @MethodSource("names")
    void anyKindOfBufferIsReadAndNothingOfItIsKept(String name) throws MalformedMessageException {
        byte[] golden = golden(name);
        ByteBuffer direct = ByteBuffer.allocateDirect(golden.length + 10).order(ByteOrder.LITTLE_ENDIAN);
        direct.put(5, golden).position(5).limit(5 + golden.length);

        Decoded read = MessageCodec.decode(direct);

        assertThat(direct.position()).isEqualTo(5);
        direct.put(5, new byte[golden.length]);
        assertThat(comparable(read.message())).isEqualTo(comparable(message(name)));
    }

    @Test
    void recordsAreNotCopied() {
        List<ByteBuffer> append = MessageCodec.encode(Samples.ENVELOPE, message("Append"));
        List<ByteBuffer> write = MessageCodec.encode(Samples.ENVELOPE, message("WriteRequest"));

        assertThat(append).hasSize(1 + Samples.records().size());
        assertThat(write).hasSize(2);
    }

    @Test
    void aWriteWhoseBodyNamesAnotherOperationIsNotSent() {
        RecordBody body = Samples.put("k", "v");
        Message.WriteRequest request = Samples.writeRequest(body);
        body.operation(Samples.operation(20), 13);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageCodec.encode(Samples.ENVELOPE, request))
                .withMessageContaining("names");
    }

    @Test
    void aReasonThatIsTooLongIsCut() throws MalformedMessageException {
        var reply = new Message.ArbiterReply(1, false, "–".repeat(5000), Optional.empty());

        var read = (Message.ArbiterReply)
                MessageCodec.decode(ByteBuffer.wrap(Samples.encode(reply))).message();

        assertThat(read.reason()).isEqualTo("–".repeat(341));
    }

    private static Message message(String name) {
        return Objects.requireNonNull(Samples.messages().get(name), name);
    }

    private static byte[] golden(String name) {
        return GOLDEN.getOrDefault(name, new byte[0]);
    }

    /** A message with content in place of identity: a record's body has no equality of its own. */
    private static Object comparable(Message message) {
        return message instanceof Message.WriteRequest write
                ? List.of(
                        write.number(),
                        write.operation(),
                        write.clientFloor(),
                        write.condition(),
                        write.version(),
                        write.timeToLiveMillis(),
                        write.body().bytes())
                : message;
    }
}
