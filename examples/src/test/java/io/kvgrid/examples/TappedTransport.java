package io.kvgrid.examples;

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

/** The transport that a node would have had, with a look at each frame, which may be lost here. */
public abstract class TappedTransport implements TransportProvider {
    protected TappedTransport() {}

    /** A frame of so many bytes is to leave; false if it is lost, which the sender does not see. Any thread. */
    protected boolean passesOut(int bytes) {
        return true;
    }

    /** A frame has come; false if it is lost. Reads it by position only. Any thread. */
    protected boolean passesIn(ByteBuffer frame) {
        return true;
    }

    @Override
    public final Transport create(TransportSettings settings) {
        Transport real = ServiceLoader.load(TransportProvider.class)
                .findFirst()
                .orElseThrow()
                .create(settings);
        return new Transport() {
            @Override
            public Optional<InetSocketAddress> start(TransportListener listener) {
                return real.start(tapped(listener));
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
                int bytes = parts.stream().mapToInt(ByteBuffer::remaining).sum();
                return !passesOut(bytes) || real.send(peer, parts);
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

    private TransportListener tapped(TransportListener real) {
        return new TransportListener() {
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
                if (passesIn(frame)) {
                    real.onFrame(peer, frame);
                }
            }

            @Override
            public void onDisconnected(NodeId peer) {
                real.onDisconnected(peer);
            }
        };
    }
}
