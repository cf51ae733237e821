package io.kvgrid.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.DefaultByteBufHolder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A received frame whose header and checksum are good. Holds its payload until released. */
final class Frame extends DefaultByteBufHolder {
    private final FrameType type;
    private final long position;

    /**
     * A frame.
     *
     * @param type what it is for
     * @param position its first byte, counted from the connection's first
     * @param payload what it carries; released with the frame
     */
    Frame(FrameType type, long position, ByteBuf payload) {
        super(payload);
        this.type = type;
        this.position = position;
    }

    FrameType type() {
        return type;
    }

    /** The error that a frame of this type may not come now. */
    MalformedFrameException unexpected(String expected) {
        return new MalformedFrameException("type", position + FrameFormat.TYPE_AT, expected, type.toString());
    }

    /**
     * Checks the payload's length against what its type prescribes.
     *
     * @throws MalformedFrameException if it is shorter than {@code min} or longer than {@code max}
     */
    void checkLength(int min, int max) {
        int length = content().readableBytes();
        if (length < min || length > max) {
            String expected = min == max ? Integer.toString(min) : min + " to " + max;
            throw new MalformedFrameException(
                    "length", position + FrameFormat.LENGTH_AT, expected + " for " + type, Integer.toString(length));
        }
    }

    /** The error that the payload holds something wrong at {@code offset}. */
    MalformedFrameException malformed(String field, int offset, String expected, String found) {
        return new MalformedFrameException(field, position + FrameFormat.HEADER_BYTES + offset, expected, found);
    }

    @Override
    public Frame replace(ByteBuf content) {
        return new Frame(type, position, content);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Frame frame && type == frame.type && content().equals(frame.content());
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, content());
    }

    @Override
    public String toString() {
        return type + " of " + content().readableBytes() + " bytes";
    }
}
