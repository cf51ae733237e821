package io.kvgrid.transport.netty;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** Writes frames as {@link FrameFormat} lays them out. Not thread-safe: one for each event loop. */
final class FrameEncoder {
    private final CRC32C crc = new CRC32C();

    /**
     * Appends one frame to {@code out}; its payload is the parts one behind the other. Their positions do not move.
     *
     * @param length the bytes of all parts together
     */
    void encode(FrameType type, List<ByteBuffer> parts, int length, ByteBuf out) {
        int start = out.writerIndex();
        out.ensureWritable(FrameFormat.HEADER_BYTES + length);
        out.writeInt(FrameFormat.MAGIC)
                .writeByte(FrameFormat.VERSION)
                .writeByte(type.code())
                .writeShort(0)
                .writeInt(length)
                .writeInt(0);
        for (ByteBuffer part : parts) {
            out.writeBytes(part.duplicate());
        }
        out.setInt(start + FrameFormat.CRC_AT, FrameFormat.checksum(crc, out, start, length));
    }
}
