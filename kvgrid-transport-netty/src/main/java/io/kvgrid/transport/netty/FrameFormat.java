package io.kvgrid.transport.netty;

import io.netty.buffer.ByteBuf;
import java.util.zip.CRC32C;

/**
 * The layout of a frame. All numbers are big-endian.
 *
 * <pre>
 *  0         4         5      6       8          12         16
 * +---------+---------+------+-------+----------+----------+-------------------+
 * | magic   | version | type | flags | length   | crc32c   | payload           |
 * | "KVGF"  | 1       |      | 0     | bytes of |          | length bytes      |
 * |         |         |      |       | payload  |          |                   |
 * +---------+---------+------+-------+----------+----------+-------------------+
 *   4         1         1      2       4          4
 * </pre>
 *
 * The checksum covers the twelve bytes before it and the payload behind it, so that a damaged length or type is found as
 * surely as damaged content; TCP's own sum misses about one damaged segment in 65,536. Flags are reserved: a reader
 * refuses those it does not know, as it does unknown versions and types.
 */
final class FrameFormat {
    /** "KVGF": no other protocol's first bytes. */
    static final int MAGIC = 0x4B564746;

    static final byte VERSION = 1;

    static final int MAGIC_AT = 0;
    static final int VERSION_AT = MAGIC_AT + Integer.BYTES;
    static final int TYPE_AT = VERSION_AT + Byte.BYTES;
    static final int FLAGS_AT = TYPE_AT + Byte.BYTES;
    static final int LENGTH_AT = FLAGS_AT + Short.BYTES;
    static final int CRC_AT = LENGTH_AT + Integer.BYTES;
    static final int HEADER_BYTES = CRC_AT + Integer.BYTES;

    private FrameFormat() {}

    /** The checksum of the frame that starts at {@code start} and has {@code length} bytes of payload. */
    static int checksum(CRC32C crc, ByteBuf frame, int start, int length) {
        crc.reset();
        crc.update(frame.internalNioBuffer(start, CRC_AT));
        crc.update(frame.internalNioBuffer(start + HEADER_BYTES, length));
        return (int) crc.getValue();
    }
}
