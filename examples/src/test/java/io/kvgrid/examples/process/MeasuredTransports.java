package io.kvgrid.examples.process;

import io.kvgrid.NodeId;
import io.kvgrid.spi.transport.HelloVerdict;
import io.kvgrid.spi.transport.Transport;
import io.kvgrid.spi.transport.TransportListener;
import io.kvgrid.spi.transport.TransportProvider;
import io.kvgrid.spi.transport.TransportSettings;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicInteger;

/** The transport that the node would have had, with a look at the size of everything that it sends and receives. */
final class MeasuredTransports implements TransportProvider {
    private final AtomicInteger largestSent = new AtomicInteger();
    private final AtomicInteger largestReceived = new AtomicInteger();

    /** The largest frames so far, in bytes. */
    String report() {
        return "frames largestSent=" + largestSent + " largestReceived=" + largestReceived;
    }

    @Override
    public Transport create(TransportSettings settings) {
        TransportProvider real =
                ServiceLoader.load(TransportProvider.class).findFirst().orElseThrow();
        return new Measured(real.create(settings));
    }

    private static void record(AtomicInteger largest, int bytes) {
        if (bytes > largest.get()) {
            largest.accumulateAndGet(bytes, Math::max);
        }
    }

    private final class Measured implements Transport {
        private final Transport real;

        Measured(Transport real) {
            this.real = real;
        }

        @Override
        public Optional<InetSocketAddress> start(TransportListener listener) {
            return real.start(new MeasuredListener(listener));
        }

        @Override
        public void connect(InetSocketAddress address) {
            real.connect(address);
        }

        @Override
        public void forget(InetSocketAddress address) {
            real.forget(address);
        }

        @Override
        public boolean send(NodeId peer, List<ByteBuffer> parts) {
            record(largestSent, parts.stream().mapToInt(ByteBuffer::remaining).sum());
            return real.send(peer, parts);
        }

        @Override
        public int maxFrameBytes() {
            return real.maxFrameBytes();
        }

        @Override
        public void disconnect(NodeId peer) {
            real.disconnect(peer);
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private final class MeasuredListener implements TransportListener {
        private final TransportListener real;

        MeasuredListener(TransportListener real) {
            this.real = real;
        }

        @Override
        public ByteBuffer hello() {
            return real.hello();
        }

        @Override
        public HelloVerdict onHello(ByteBuffer hello, InetSocketAddress from) {
            return real.onHello(hello, from);
        }

        @Override
        public void onRefused(InetSocketAddress by, String reason) {
            real.onRefused(by, reason);
        }

        @Override
        public void onConnected(NodeId peer) {
            real.onConnected(peer);
        }

        @Override
        public void onFrame(NodeId peer, ByteBuffer frame) {
            record(largestReceived, frame.remaining());
            real.onFrame(peer, frame);
        }

        @Override
        public void onDisconnected(NodeId peer) {
            real.onDisconnected(peer);
        }
    }
}
