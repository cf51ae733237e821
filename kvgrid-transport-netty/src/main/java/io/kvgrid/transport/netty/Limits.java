package io.kvgrid.transport.netty;

/**
 * How long and how much. Times of the connections are counted in ticks, not read from a clock: a process that was stopped
 * and goes on does not take its own absence for its peers' silence.
 *
 * @param tickMillis one tick
 * @param handshakeTicks a connection whose handshake takes longer is closed (X3)
 * @param pingTicks how often a sign of life is sent
 * @param idleTicks a connection that brought no whole frame for so long is closed: half-open, or dripping (X5)
 * @param stallTicks a connection that has bytes to send and sent none for so long is closed (X5)
 * @param maxStrangers accepted connections whose handshake is not complete; above, the oldest is closed (X3)
 * @param connectTimeoutMillis for TCP's own handshake
 * @param firstRetryMillis the delay before the first attempt to connect again
 * @param maxRetryMillis where that delay stops doubling
 */
record Limits(
        int tickMillis,
        int handshakeTicks,
        int pingTicks,
        int idleTicks,
        int stallTicks,
        int maxStrangers,
        int connectTimeoutMillis,
        int firstRetryMillis,
        int maxRetryMillis) {
    static final Limits STANDARD = new Limits(1000, 5, 2, 10, 5, 64, 2000, 20, 1000);
}
