package io.kvgrid.examples.grid;

import io.kvgrid.core.message.MessageType;
import io.kvgrid.examples.TappedTransport;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLongArray;

/** A node's network that counts the bytes it receives, by the type of their message. */
final class CountingTransport extends TappedTransport {
    private final AtomicLongArray received = new AtomicLongArray(256);

    /** Bytes of all messages of that type so far. */
    long received(MessageType type) {
        return received.get(type.code());
    }

    @Override
    protected boolean passesIn(ByteBuffer frame) {
        int type = frame.get(frame.position() + 1) & 0xFF;
        received.addAndGet(type, frame.remaining());
        return true;
    }
}
