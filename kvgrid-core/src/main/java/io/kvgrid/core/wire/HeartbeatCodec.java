package io.kvgrid.core.wire;

import io.kvgrid.core.message.Message.Heartbeat;
import io.kvgrid.core.message.Message.HeartbeatAck;
import io.kvgrid.core.message.Message.StateDigest;

/**
 * The beacon, its echo, and what goes with the beacon.
 *
 * <pre>
 *  Heartbeat                              HeartbeatAck
 *  offset width field                     offset width field
 *       0     8 sent, monotonic nanos          0     8 sent, as it came
 *       8     8 sent LSN                       8
 *      16     8 commit LSN
 *      24     8 grid time, milliseconds   StateDigest
 *      32                                 offset width field
 *                                              0     8 LSN
 *                                              8     8 digest
 *                                             16
 * </pre>
 */
final class HeartbeatCodec {
    private HeartbeatCodec() {}

    static void write(WireWriter out, Heartbeat beacon) {
        out.i64(beacon.sentNanos())
                .i64(beacon.sentLsn())
                .i64(beacon.commitLsn())
                .i64(beacon.gridTimeMillis());
    }

    static Heartbeat readHeartbeat(WireReader in) throws MalformedMessageException {
        return new Heartbeat(
                in.i64("sent"), in.atLeast(0L, "sent LSN"), in.atLeast(0L, "commit LSN"), in.atLeast(0L, "grid time"));
    }

    static void write(WireWriter out, HeartbeatAck ack) {
        out.i64(ack.sentNanos());
    }

    static HeartbeatAck readAck(WireReader in) throws MalformedMessageException {
        return new HeartbeatAck(in.i64("sent"));
    }

    static void write(WireWriter out, StateDigest digest) {
        out.i64(digest.lsn()).i64(digest.value());
    }

    static StateDigest readDigest(WireReader in) throws MalformedMessageException {
        return new StateDigest(in.atLeast(0L, "lsn"), in.i64("digest"));
    }
}
