package io.kvgrid.transport.netty;

import io.kvgrid.NodeId;
import io.kvgrid.transport.netty.HandshakeHandler.End;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.net.InetSocketAddress;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a connection to the node at one address: one attempt at a time, a pause after each that failed, quiet as long as
 * a connection to the node last met there stands, whoever opened it. Event loop only.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails on a channel ends it, and its handler hears of that
final class PeerConnector {
    private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);

    private final Endpoint endpoint;
    private final InetSocketAddress address;
    private final Backoff backoff;
    private @Nullable NodeId met;
    private @Nullable Channel attempt;
    private @Nullable Future<?> pause;
    private @Nullable String lastReport;
    private boolean stopped;

    PeerConnector(Endpoint endpoint, InetSocketAddress address) {
        this.endpoint = endpoint;
        this.address = address;
        Limits limits = endpoint.limits();
        backoff = new Backoff(limits.firstRetryMillis(), limits.maxRetryMillis(), ThreadLocalRandom.current());
    }

    InetSocketAddress address() {
        return address;
    }

    /** Connects, unless the node is connected already. */
    void connect() {
        pause = null;
        if (stopped || (met != null && endpoint.peers().get(met) != null)) {
            return;
        }
        ChannelFuture connecting = endpoint.dial(this);
        attempt = connecting.channel();
        connecting.addListener((ChannelFutureListener) done -> {
            if (!done.isSuccess()) {
                report(String.valueOf(done.cause().getMessage()));
                ended(End.FAILED);
            }
        });
    }

    /** Connects no more; an attempt under way is given up. A connection that stands is not touched. */
    void stop() {
        stopped = true;
        if (pause != null) {
            pause.cancel(false);
        }
        if (attempt != null) {
            attempt.close();
        }
    }

    /** The attempt under way has found {@code node}. */
    void met(NodeId node) {
        met = node;
    }

    /** The attempt under way has brought a standing connection. */
    void connected() {
        attempt = null;
        lastReport = null;
    }

    /** The attempt under way is over and has brought none. */
    void ended(End how) {
        attempt = null;
        switch (how) {
            case SELF -> {
                LOG.info("{} is this node's own address", address);
                stopped = true;
            }
            case REFUSED -> {
                backoff.raiseToMax();
                retry();
            }
            case FAILED, REDUNDANT -> retry();
        }
    }

    /**
     * No connection to {@code peer} stands any more.
     *
     * @param settled whether the last one stood for a while; if not, the pauses go on growing
     */
    void lost(NodeId peer, boolean settled) {
        if (peer.equals(met)) {
            if (settled) {
                backoff.reset();
            }
            retry();
        }
    }

    private void retry() {
        if (!stopped && attempt == null && pause == null) {
            pause = endpoint.loop()
                    .schedule(() -> endpoint.guard(this::connect), backoff.nextMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Logs why there is no connection, once as long as that is the same. */
    void report(String why) {
        if (!stopped && !why.equals(lastReport)) {
            lastReport = why;
            LOG.info("no connection to {} yet, trying on: {}", address, why);
        }
    }
}
