package io.kvgrid.examples.grid;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.MessageType;
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
import java.util.concurrent.atomic.AtomicLongArray;

/** A node's network that counts the bytes it receives, by the type of their message. */
final class CountingTransport implements TransportProvider {
    private final AtomicLongArray received = new AtomicLongArray(256);

    /** Bytes of all messages of that type so far. */
    long received(MessageType type) {
        return received.get(type.code());
    }

    @Override
    public Transport create(TransportSettings settings) {
        Transport real = ServiceLoader.load(TransportProvider.class)
                .findFirst()
                .orElseThrow()
                .create(settings);
        return new Transport() {
            @Override
            public Optional<InetSocketAddress> start(TransportListener listener) {
                return real.start(counting(listener));
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
        };
    }

    private TransportListener counting(TransportListener listener) {
        return new TransportListener() {
            @Override
            public ByteBuffer hello() {
                return listener.hello();
            }

            @Override
            public HelloVerdict onHello(ByteBuffer hello, InetSocketAddress from) {
                return listener.onHello(hello, from);
            }

            @Override
            public void onRefused(InetSocketAddress by, String reason) {
                listener.onRefused(by, reason);
            }

            @Override
            public void onConnected(NodeId peer) {
                listener.onConnected(peer);
            }

            @Override
            public void onFrame(NodeId peer, ByteBuffer frame) {
                int type = frame.get(frame.position() + 1) & 0xFF;
                received.addAndGet(type, frame.remaining());
                listener.onFrame(peer, frame);
            }

            @Override
            public void onDisconnected(NodeId peer) {
                listener.onDisconnected(peer);
            }
        };
    }
}
