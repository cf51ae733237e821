package io.kvgrid.transport.netty;

import io.kvgrid.NodeId;
import io.kvgrid.spi.transport.HelloVerdict;
import io.kvgrid.spi.transport.Transport;
import io.kvgrid.spi.transport.TransportListener;
import io.kvgrid.spi.transport.TransportSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Prints how many frames of 200 bytes go round between two transports of this process over loopback, with 1 and with 256
 * outstanding; each is answered with an equal one. Sent by the thread that got the last answer, and by one of its own, as
 * the loop of a replica is. Not a benchmark: no warm-up but the first round, no spread.
 */
final class EchoMeasurement {
    private static final int FRAME_BYTES = 200;
    private static final int SECONDS = 3;

    private EchoMeasurement() {}

    public static void main(String[] args) throws InterruptedException {
        for (NettyIo io : NettyIo.values()) {
            for (int outstanding : new int[] {1, 256, 1, 256}) {
                measure(io, outstanding, true);
                measure(io, outstanding, false);
            }
        }
    }

    private static void measure(NettyIo io, int outstanding, boolean fromCallback) throws InterruptedException {
        try (Transport a = transport("a", io);
                Transport b = transport("b", io)) {
            Semaphore window = new Semaphore(outstanding);
            Peer asker = new Peer("a", (peer, frame) -> {
                if (fromCallback) {
                    a.send(peer, copy(frame));
                } else {
                    window.release();
                }
            });
            a.start(asker);
            InetSocketAddress address = b.start(new Peer("b", (peer, frame) -> b.send(peer, copy(frame))))
                    .orElseThrow();
            a.connect(address);
            asker.connected.await();
            NodeId peer = new NodeId("b");
            long cpuBefore = ProcessHandle.current()
                    .info()
                    .totalCpuDuration()
                    .orElseThrow()
                    .toNanos();
            long start = System.nanoTime();
            long end = start + TimeUnit.SECONDS.toNanos(SECONDS);
            if (fromCallback) {
                for (int i = 0; i < outstanding; i++) {
                    a.send(peer, List.of(ByteBuffer.allocate(FRAME_BYTES)));
                }
                TimeUnit.NANOSECONDS.sleep(end - System.nanoTime());
            } else {
                while (System.nanoTime() < end) {
                    window.acquire();
                    a.send(peer, List.of(ByteBuffer.allocate(FRAME_BYTES)));
                }
            }
            long frames = asker.frames;
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpu = (ProcessHandle.current()
                                    .info()
                                    .totalCpuDuration()
                                    .orElseThrow()
                                    .toNanos()
                            - cpuBefore)
                    / 1e9;
            System.out.printf(
                    "%-5s %3d outstanding, sent by %s: %,9.0f round trips/s, %6.1f us each, %5.2f us CPU%n",
                    io,
                    outstanding,
                    fromCallback ? "the event loop  " : "a thread outside",
                    frames / seconds,
                    seconds * 1e6 * outstanding / frames,
                    cpu * 1e6 / frames);
        }
    }

    private static List<ByteBuffer> copy(ByteBuffer frame) {
        return List.of(ByteBuffer.allocate(frame.remaining()).put(frame).flip());
    }

    private static Transport transport(String id, NettyIo io) {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new NettyTransport(TransportSettings.of(new NodeId(id), Optional.of(any)), io, Limits.STANDARD);
    }

    private interface FrameHandler {
        void onFrame(NodeId peer, ByteBuffer frame);
    }

    private static final class Peer implements TransportListener {
        private final String id;
        private final FrameHandler handler;
        private final CountDownLatch connected = new CountDownLatch(1);
        private volatile long frames;

        Peer(String id, FrameHandler handler) {
            this.id = id;
            this.handler = handler;
        }

        @Override
        public ByteBuffer hello() {
            return ByteBuffer.wrap(id.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public HelloVerdict onHello(ByteBuffer hello, InetSocketAddress from) {
            return new HelloVerdict.Accepted(new NodeId("a".equals(id) ? "b" : "a"), new UUID(0, 0));
        }

        @Override
        public void onRefused(InetSocketAddress by, String reason) {}

        @Override
        public void onConnected(NodeId peer) {
            connected.countDown();
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
        public void onFrame(NodeId peer, ByteBuffer frame) {
            frames++;
            handler.onFrame(peer, frame);
        }

        @Override
        public void onDisconnected(NodeId peer) {}
    }
}
