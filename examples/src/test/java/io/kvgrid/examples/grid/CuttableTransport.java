package io.kvgrid.examples.grid;

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

/** A node's network that loses every frame, in one direction or both, while the connections stand. */
final class CuttableTransport implements TransportProvider {
    private volatile boolean sends = true;
    private volatile boolean receives = true;

    /** Nothing leaves this node any more. */
    void mute() {
        sends = false;
    }

    /** Nothing reaches or leaves this node any more: to the others it is as if its process stood still. */
    void cut() {
        sends = false;
        receives = false;
    }

    void heal() {
        sends = true;
        receives = true;
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
                return real.start(filtered(listener));
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
                return !sends || real.send(peer, parts);
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

    private TransportListener filtered(TransportListener listener) {
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
                if (receives) {
                    listener.onFrame(peer, frame);
                }
            }

            @Override
            public void onDisconnected(NodeId peer) {
                listener.onDisconnected(peer);
            }
        };
    }
}
