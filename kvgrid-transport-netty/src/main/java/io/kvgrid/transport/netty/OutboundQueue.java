package io.kvgrid.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The frames that wait for one connection, bounded by their bytes. Any thread may add; the event loop takes all that is
 * there, copies it into one buffer that the socket can take as it is, and makes one system call. So a lone frame leaves
 * at once, and a crowd shares one call: batches come from load, not from timers.
 *
 * <p>That copy is the only one; for memory on the heap it cannot be avoided, because a socket takes none.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails on a channel ends it, and its handler hears of that
final class OutboundQueue {
    /** A batch ends here, unless its first frame is larger. */
    private static final int BATCH_BYTES = 1 << 16;

    /** After so much the event loop looks at its other connections first. */
    private static final int MAX_TURN_BYTES = 1 << 20;

    private record Waiting(FrameType type, List<ByteBuffer> parts, int length) {
        int bytes() {
            return FrameFormat.HEADER_BYTES + length;
        }
    }

    private final Channel channel;
    private final FrameEncoder encoder;
    private final int maxBytes;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    /** Bytes taken and not yet handed to the operating system. */
    private final AtomicLong queuedBytes = new AtomicLong();

    /** Set while a drain is due or under way, or held up until the channel is writable again. */
    private final AtomicBoolean draining = new AtomicBoolean();

    private long writtenBytes; // event loop only

    OutboundQueue(Channel channel, FrameEncoder encoder, int maxBytes) {
        this.channel = channel;
        this.encoder = encoder;
        this.maxBytes = maxBytes;
    }

    /** Adds a frame of the owner's; any thread. False, and nothing is added, if it does not fit. */
    boolean offer(List<ByteBuffer> parts, int length) {
        Waiting frame = new Waiting(FrameType.DATA, List.copyOf(parts), length);
        if (queuedBytes.addAndGet(frame.bytes()) > maxBytes) {
            queuedBytes.addAndGet(-frame.bytes());
            return false;
        }
        add(frame);
        return true;
    }

    /** Adds a frame without payload, whatever waits before it. */
    void offerUnbounded(FrameType type) {
        Waiting frame = new Waiting(type, List.of(), 0);
        queuedBytes.addAndGet(frame.bytes());
        add(frame);
    }

    private void add(Waiting frame) {
        waiting.add(frame);
        if (!draining.get() && draining.compareAndSet(false, true)) {
            channel.eventLoop().execute(this::drain);
        }
    }

    /** Writes what waits, as far as the channel takes it. Event loop only. */
    void drain() {
        try {
            drainTurn();
        } catch (RuntimeException | Error e) {
            channel.pipeline().fireExceptionCaught(e);
        }
    }

    private void drainTurn() {
        draining.set(true);
        int turn = 0;
        do {
            while (channel.isWritable() && !waiting.isEmpty()) {
                if (turn >= MAX_TURN_BYTES) {
                    channel.flush();
                    channel.eventLoop().execute(this::drain);
                    return;
                }
                turn += writeBatch();
            }
            channel.flush();
            if (!channel.isWritable()) {
                return; // goes on in channelWritabilityChanged
            }
            draining.set(false);
        } while (!waiting.isEmpty() && draining.compareAndSet(false, true));
    }

    private int writeBatch() {
        long room = Math.min(BATCH_BYTES, queuedBytes.get());
        ByteBuf batch = channel.alloc().directBuffer((int) room);
        Waiting frame = waiting.peek();
        while (frame != null && (!batch.isReadable() || batch.readableBytes() + frame.bytes() <= BATCH_BYTES)) {
            waiting.remove();
            encoder.encode(frame.type(), frame.parts(), frame.length(), batch);
            frame = waiting.peek();
        }
        int bytes = batch.readableBytes();
        channel.write(batch).addListener((ChannelFutureListener) written -> {
            queuedBytes.addAndGet(-bytes);
            writtenBytes += bytes;
        });
        return bytes;
    }

    boolean isEmpty() {
        return queuedBytes.get() == 0;
    }

    long queuedBytes() {
        return queuedBytes.get();
    }

    /** All bytes handed to the operating system so far. Event loop only. */
    long writtenBytes() {
        return writtenBytes;
    }
}
