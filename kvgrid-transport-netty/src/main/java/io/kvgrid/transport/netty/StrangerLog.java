package io.kvgrid.transport.netty;

import java.net.SocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each connection that was turned away, and at most {@value #MAX_LINES} in {@value #WINDOW_TICKS} ticks:
 * those above are counted, and the count is logged when the time is over. Event loop only.
 */
final class StrangerLog {
    static final int MAX_LINES = 20;
    static final int WINDOW_TICKS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);

    private int lines;
    private int unsaid;
    private int ticks;

    /** Logs that the connection from {@code remote} was closed, and why; {@code why} must be printable. */
    void turnedAway(SocketAddress remote, String why) {
        if (lines < MAX_LINES) {
            lines++;
            LOG.warn("closed the connection from {}: {}", remote, why);
        } else {
            unsaid++;
        }
    }

    void tick() {
        if (++ticks < WINDOW_TICKS) {
            return;
        }
        if (unsaid > 0) {
            LOG.warn("closed {} more connections of strangers", unsaid);
        }
        ticks = 0;
        lines = 0;
        unsaid = 0;
    }
}
