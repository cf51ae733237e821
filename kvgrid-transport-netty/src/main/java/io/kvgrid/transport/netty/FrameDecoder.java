package io.kvgrid.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what arrives into {@link Frame}s, as {@link FrameFormat} lays them out. Total: any bytes yield frames or a
 * {@link MalformedFrameException}, after which the rest of the connection is dropped unread (X14). The length is checked
 * before anything is allocated for it, and the buffer grows only with what has arrived (X4).
 */
final class FrameDecoder extends ByteToMessageDecoder {
    private final CRC32C crc = new CRC32C();
    private int maxPayloadBytes;
    private long position;
    private boolean broken;

    /** A decoder that refuses payloads longer than {@code maxPayloadBytes}. */
    FrameDecoder(int maxPayloadBytes) {
        this.maxPayloadBytes = maxPayloadBytes;
    }

    /** Allows the frames behind the present one payloads of up to {@code bytes}. */
    void maxPayloadBytes(int bytes) {
        maxPayloadBytes = bytes;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (broken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        broken = true; // stays so if a check below throws
        Frame frame = decode(in);
        broken = false;
        if (frame != null) {
            out.add(frame);
        }
    }

    private @Nullable Frame decode(ByteBuf in) {
        int start = in.readerIndex();
        if (in.readableBytes() < Integer.BYTES) {
            return null;
        }
        if (in.getInt(start) != FrameFormat.MAGIC) {
            throw error("magic", FrameFormat.MAGIC_AT, describe(FrameFormat.MAGIC), describe(in.getInt(start)));
        }
        if (in.readableBytes() < FrameFormat.HEADER_BYTES) {
            return null;
        }
        byte version = in.getByte(start + FrameFormat.VERSION_AT);
        if (version != FrameFormat.VERSION) {
            throw error("version", FrameFormat.VERSION_AT, FrameFormat.VERSION, version);
        }
        byte code = in.getByte(start + FrameFormat.TYPE_AT);
        FrameType type = FrameType.of(code);
        if (type == null) {
            throw error("type", FrameFormat.TYPE_AT, "a known type", Byte.toString(code));
        }
        short flags = in.getShort(start + FrameFormat.FLAGS_AT);
        if (flags != 0) {
            throw error("flags", FrameFormat.FLAGS_AT, 0, flags);
        }
        int length = in.getInt(start + FrameFormat.LENGTH_AT);
        if (length < 0 || length > maxPayloadBytes) {
            throw error("length", FrameFormat.LENGTH_AT, "0 to " + maxPayloadBytes, Integer.toString(length));
        }
        if (in.readableBytes() - FrameFormat.HEADER_BYTES < length) {
            return null;
        }
        int expected = FrameFormat.checksum(crc, in, start, length);
        int found = in.getInt(start + FrameFormat.CRC_AT);
        if (found != expected) {
            throw error("crc32c", FrameFormat.CRC_AT, hex(expected), hex(found));
        }
        in.skipBytes(FrameFormat.HEADER_BYTES);
        Frame frame = new Frame(type, position, in.readRetainedSlice(length));
        position += FrameFormat.HEADER_BYTES + length;
        return frame;
    }

    private MalformedFrameException error(String field, int offset, int expected, int found) {
        return error(field, offset, Integer.toString(expected), Integer.toString(found));
    }

    private MalformedFrameException error(String field, int offset, String expected, String found) {
        return new MalformedFrameException(field, position + offset, expected, found);
    }

    private static String describe(int magic) {
        byte[] bytes = {(byte) (magic >> 24), (byte) (magic >> 16), (byte) (magic >> 8), (byte) magic};
        return hex(magic) + " (\"" + LogText.printable(new String(bytes, StandardCharsets.ISO_8859_1)) + "\")";
    }

    private static String hex(int value) {
        return String.format("0x%08x", value);
    }
}
