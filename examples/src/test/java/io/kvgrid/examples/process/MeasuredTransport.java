package io.kvgrid.examples.process;

import io.kvgrid.examples.TappedTransport;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** A node's network with a look at the size of everything that it sends and receives. */
final class MeasuredTransport extends TappedTransport {
    private final AtomicInteger largestSent = new AtomicInteger();
    private final AtomicInteger largestReceived = new AtomicInteger();

    /** The largest frames so far, in bytes. */
    String report() {
        return "frames largestSent=" + largestSent + " largestReceived=" + largestReceived;
    }

    @Override
    protected boolean passesOut(int bytes) {
        record(largestSent, bytes);
        return true;
    }

    @Override
    protected boolean passesIn(ByteBuffer frame) {
        record(largestReceived, frame.remaining());
        return true;
    }

    private static void record(AtomicInteger largest, int bytes) {
        if (bytes > largest.get()) {
            largest.accumulateAndGet(bytes, Math::max);
        }
    }
}
