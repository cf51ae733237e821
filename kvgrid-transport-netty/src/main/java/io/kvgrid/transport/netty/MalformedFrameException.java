package io.kvgrid.transport.netty;

import io.netty.handler.codec.DecoderException;

/** Bytes that are no frame of this protocol, or no frame that may come now. The connection they came on is closed. */
final class MalformedFrameException extends DecoderException {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final long position;

    /**
     * Says what is wrong, and where.
     *
     * @param field the field at fault
     * @param position its first byte, counted from the connection's first
     * @param expected what may stand there
     * @param found what stands there
     */
    MalformedFrameException(String field, long position, String expected, String found) {
        super(field + " at byte " + position + ": expected " + expected + ", found " + found);
        this.field = field;
        this.position = position;
    }

    String field() {
        return field;
    }

    long position() {
        return position;
    }
}
