package io.kvgrid.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FrameCodecTest {
    private static final int MAX_PAYLOAD_BYTES = 4096;

    @ParameterizedTest
    @EnumSource(FrameType.class)
    void frameIsWrittenAsTheGoldenOne(FrameType type) {
        assertThat(ByteBufUtil.hexDump(encode(type, GoldenFrames.payload(type))))
                .isEqualTo(GoldenFrames.HEX.get(type));
    }

    @ParameterizedTest
    @EnumSource(FrameType.class)
    void goldenFrameIsRead(FrameType type) {
        List<Frame> frames = new Reading().feed(GoldenFrames.bytes(type)).frames;

        assertThat(frames).containsExactly(frame(type));
    }

    @Test
    void framesAreReadFromAnyPieces() {
        byte[] stream = concat(
                GoldenFrames.bytes(FrameType.HELLO),
                GoldenFrames.bytes(FrameType.PING),
                GoldenFrames.bytes(FrameType.DATA));
        Reading whole = new Reading().feed(stream);
        Reading byteByByte = new Reading();

        for (byte b : stream) {
            byteByByte.feed(b);
        }

        assertThat(whole.frames)
                .containsExactly(frame(FrameType.HELLO), frame(FrameType.PING), frame(FrameType.DATA))
                .isEqualTo(byteByByte.frames);
    }

    @ParameterizedTest
    @EnumSource(FrameType.class)
    void cutFrameIsNoFrame(FrameType type) {
        byte[] golden = GoldenFrames.bytes(type);

        for (int length = 0; length < golden.length; length++) {
            Reading cut = new Reading().feed(Arrays.copyOf(golden, length)).close();

            assertThat(cut.frames).as("cut at %d", length).isEmpty();
            assertThat(cut.error).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(FrameType.class)
    void damagedFrameIsATypedErrorOrIncompleteButNeverAFrame(FrameType type) {
        byte[] golden = GoldenFrames.bytes(type);

        for (int at = 0; at < golden.length; at++) {
            for (int mask = 1; mask < 256; mask++) {
                byte[] damaged = golden.clone();
                damaged[at] ^= (byte) mask;
                Reading reading = new Reading().feed(damaged).close();

                assertThat(reading.frames).as("byte %d ^ %d", at, mask).isEmpty();
                boolean couldBeLonger = at >= FrameFormat.LENGTH_AT && at < FrameFormat.CRC_AT;
                assertThat(reading.error != null || couldBeLonger)
                        .as("byte %d ^ %d is noticed", at, mask)
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "magic,   0, 47455420010600000000000615ca1879, 'magic at byte 16: expected 0x4b564746 (\"KVGF\"), found 0x47455420 (\"GET \")'",
        "version, 4, 4b564746020600000000000615ca1879, 'version at byte 20: expected 1, found 2'",
        "type,    5, 4b564746010700000000000615ca1879, 'type at byte 21: expected a known type, found 7'",
        "type,    5, 4b564746010000000000000615ca1879, 'type at byte 21: expected a known type, found 0'",
        "type,    5, 4b56474601ff00000000000615ca1879, 'type at byte 21: expected a known type, found -1'",
        "flags,   6, 4b564746010600010000000615ca1879, 'flags at byte 22: expected 0, found 1'",
        "length,  8, 4b564746010600000000100115ca1879, 'length at byte 24: expected 0 to 4096, found 4097'",
        "length,  8, 4b564746010600007fffffff15ca1879, 'length at byte 24: expected 0 to 4096, found 2147483647'",
        "length,  8, 4b56474601060000ffffffff15ca1879, 'length at byte 24: expected 0 to 4096, found -1'",
        "crc32c, 12, 4b564746010500000000000000000000, 'crc32c at byte 28: expected 0xe12e6473, found 0x00000000'",
    })
    void errorNamesFieldPositionExpectedAndFound(String field, int offset, String header, String message) {
        byte[] first = GoldenFrames.bytes(FrameType.PING);

        Reading reading = new Reading().feed(first).feed(ByteBufUtil.decodeHexDump(header));

        assertThat(reading.error).isNotNull().hasMessage(message);
        assertThat(reading.error()).extracting(MalformedFrameException::field).isEqualTo(field);
        assertThat(reading.error())
                .extracting(MalformedFrameException::position)
                .isEqualTo((long) first.length + offset);
    }

    @Test
    void nothingIsReadAfterAnError() {
        Reading reading = new Reading()
                .feed(new byte[] {'G', 'E', 'T', ' '})
                .feed(GoldenFrames.bytes(FrameType.PING))
                .close();

        assertThat(reading.frames).isEmpty();
        assertThat(reading.errors).isEqualTo(1);
    }

    @Test
    void announcedLengthAllocatesNothing() {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
        EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(1 << 30));
        channel.config().setAllocator(allocator);
        byte[] header = ByteBufUtil.decodeHexDump("4b564746010600003fffffff15ca1879");

        channel.writeInbound(allocator.buffer(8).writeBytes(header, 0, 8));
        channel.writeInbound(allocator.buffer(16).writeBytes(header, 8, 8).writeLong(0));

        long used = allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
        assertThat(used).isPositive().isLessThan(1024);
        channel.finishAndReleaseAll();
    }

    @Test
    void anyBytesAreFramesOrATypedError() {
        long seed = 42;
        Random random = new Random(seed);
        FrameType[] types = FrameType.values();

        for (int run = 0; run < 50_000; run++) {
            byte[] bytes = concat(
                    GoldenFrames.bytes(types[random.nextInt(types.length)]),
                    GoldenFrames.bytes(types[random.nextInt(types.length)]));
            for (int damage = random.nextInt(6); damage > 0; damage--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            new Reading()
                    .feed(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)))
                    .close(); // throws if not
        }
    }

    @Test
    void longReasonIsCutToWhatFits() {
        assertThat(reason("x".repeat(2000))).isEqualTo("x".repeat(512));
        assertThat(reason("\u20ac".repeat(512))).isEqualTo("\u20ac".repeat(341));
        assertThat(reason("")).isEmpty();
    }

    @Test
    void reasonThatIsNoTextIsReplaced() {
        Frame frame = new Frame(FrameType.REFUSE, 0, Unpooled.wrappedBuffer(new byte[] {(byte) 0xff, 'x'}));

        assertThat(HandshakeFormat.reason(frame)).isEqualTo("\ufffdx");
    }

    @Test
    void wrongPayloadLengthNamesTheField() {
        Frame frame = new Frame(FrameType.ACCEPT, 100, Unpooled.EMPTY_BUFFER);

        assertThatThrownBy(() -> frame.checkLength(24, 24))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessage("length at byte 108: expected 24 for ACCEPT, found 0");
    }

    private static String reason(String reason) {
        List<ByteBuffer> payload = HandshakeFormat.refuse(reason);
        return HandshakeFormat.reason(new Frame(FrameType.REFUSE, 0, Unpooled.wrappedBuffer(payload.get(0))));
    }

    private static Frame frame(FrameType type) {
        byte[] golden = GoldenFrames.bytes(type);
        int length = golden.length - FrameFormat.HEADER_BYTES;
        return new Frame(type, 0, Unpooled.wrappedBuffer(golden, FrameFormat.HEADER_BYTES, length));
    }

    private static ByteBuf encode(FrameType type, List<ByteBuffer> parts) {
        ByteBuf out = Unpooled.buffer();
        int length = parts.stream().mapToInt(ByteBuffer::remaining).sum();
        new FrameEncoder().encode(type, parts, length, out);
        return out;
    }

    private static byte[] concat(byte[]... arrays) {
        ByteBuf all = Unpooled.wrappedBuffer(arrays);
        return ByteBufUtil.getBytes(all);
    }

    /** A decoder, what it made of its input, and how it failed. Any other exception is thrown to the test. */
    private static final class Reading {
        private final EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(MAX_PAYLOAD_BYTES));
        private final List<Frame> frames = new ArrayList<>();
        private @Nullable MalformedFrameException error;
        private int errors;

        Reading feed(byte... bytes) {
            try {
                channel.writeInbound(Unpooled.copiedBuffer(bytes));
            } catch (MalformedFrameException e) {
                failed(e);
            }
            for (Frame frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
                frames.add(frame.replace(Unpooled.copiedBuffer(frame.content())));
                frame.release();
            }
            return this;
        }

        Reading close() {
            try {
                channel.finishAndReleaseAll();
            } catch (MalformedFrameException e) {
                failed(e);
            }
            return this;
        }

        private void failed(MalformedFrameException e) {
            error = e;
            errors++;
        }

        MalformedFrameException error() {
            if (error == null) {
                throw new AssertionError("no error");
            }
            return error;
        }
    }
}
