package io.kvgrid.core.sim;

import io.kvgrid.NodeId;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * A connection between two processes. Each direction keeps its order, unless a fault says otherwise, and either side
 * learns of its end by itself.
 */
final class SimConnection {
    /** How long a side that hears nothing takes to give the connection up. */
    private static final long TIMEOUT_NANOS = 3_000_000_000L;
    /** What may wait for a link to open. */
    private static final int MAX_HELD = 2_000;

    /** One direction, seen from its receiver. */
    private static final class End {
        final SimTransport at;
        final NodeId from;
        final ArrayDeque<ByteBuffer> held = new ArrayDeque<>();
        boolean open = true;
        long lastArrivalNanos;
        /** Until when a byte takes so long. */
        long squeezedUntilNanos;

        double nanosPerByte;

        End(SimTransport at, NodeId from) {
            this.at = at;
            this.from = from;
        }

        void arrive(ByteBuffer frame) {
            if (open) {
                at.deliver(from, frame);
            }
        }
    }

    private final SimNetwork network;
    private final End opener;
    private final End accepter;

    SimConnection(SimNetwork network, SimTransport openedBy, SimTransport acceptedBy) {
        this.network = network;
        opener = new End(openedBy, acceptedBy.process().node());
        accepter = new End(acceptedBy, openedBy.process().node());
        // the accepting side learns of the connection before anything that comes through it
        accepter.lastArrivalNanos = network.clock().nowNanos() + network.latencyNanos();
    }

    /** When the accepting side learns that the connection stands. */
    long acceptedNanos() {
        return accepter.lastArrivalNanos;
    }

    boolean isOpenAt(SimTransport side) {
        return end(side).open;
    }

    /** Whether both sides still have it. */
    boolean isOpen() {
        return opener.open && accepter.open;
    }

    /** Sends one frame from {@code side}, with all that may befall it; false if it was dropped at once. */
    boolean send(SimTransport side, ByteBuffer frame) {
        End to = other(side);
        NodeId from = side.process().node();
        NodeId target = to.at.process().node();
        if (!end(side).open) {
            return false;
        }
        Faults faults = network.faults();
        if (network.isBlocked(from, target)) {
            if (network.holds(from, target)) {
                if (to.held.size() >= MAX_HELD) {
                    return false;
                }
                faults.count(Fault.BYTES_HELD_IN_SPLIT);
                to.held.add(frame);
            }
            return true;
        }
        if (faults.strikes(Fault.DROP, 0.15)) {
            return true;
        }
        if (faults.strikes(Fault.CONNECTION_RESET, 0.002)) {
            reset("reset");
            return true;
        }
        if (faults.strikes(Fault.CORRUPT_FRAME, 0.002)) {
            reset("corrupt frame"); // the checksum fails, and the receiver closes
            return true;
        }
        long now = network.clock().nowNanos();
        long arrival = now + network.latencyNanos();
        if (faults.strikes(Fault.DELAY, 0.1)) {
            arrival += (long) (network.random().nextDouble() * 400e6);
        }
        if (faults.strikes(Fault.BANDWIDTH_SQUEEZE, 0.002)) {
            to.squeezedUntilNanos = now + (long) (network.random().nextDouble() * 4e9);
            to.nanosPerByte = 1e9 / (10_000 + network.random().nextInt(200_000));
        }
        if (now < to.squeezedUntilNanos) {
            arrival = Math.max(arrival, to.lastArrivalNanos) + (long) (frame.remaining() * to.nanosPerByte);
        }
        if (faults.strikes(Fault.REORDER, 0.2)) {
            arrival += (long) (network.random().nextDouble() * 20e6); // those behind it may overtake
        } else {
            arrival = Math.max(arrival, to.lastArrivalNanos);
            to.lastArrivalNanos = arrival;
        }
        deliverAt(to, frame, arrival - now);
        if (faults.strikes(Fault.DUPLICATE, 0.2)) {
            deliverAt(to, frame, arrival - now + (long) (network.random().nextDouble() * 50e6));
        }
        if (faults.strikes(Fault.LATE_REPLAY, 0.01)) {
            long late = (long) (network.random().nextDouble() * 20e9);
            network.clock().after(late, () -> to.at.replay(from, target, frame));
        }
        return true;
    }

    /** The link from {@code from} to {@code to} is open again: what was held arrives, in order. */
    void release(NodeId from, NodeId to) {
        for (End end : new End[] {opener, accepter}) {
            if (end.from.equals(from) && end.at.process().node().equals(to)) {
                while (!end.held.isEmpty()) {
                    deliverAt(end, end.held.remove(), network.latencyNanos());
                }
            }
        }
    }

    /** {@code side} closes it in order: what it has sent arrives first. */
    void close(SimTransport side) {
        End own = end(side);
        own.open = false;
        End far = other(side);
        long wait = Math.max(far.lastArrivalNanos - network.clock().nowNanos(), 0) + network.latencyNanos();
        lose(far, isCut(side) ? TIMEOUT_NANOS : wait);
    }

    /** It breaks for both sides at once; what is under way is lost. */
    void reset(String why) {
        network.trace()
                .add(network.clock().nowNanos(), opener.at.process().node().value(), why, opener.from, 0);
        lose(opener, 0);
        lose(accepter, 0);
    }

    private boolean isCut(SimTransport side) {
        return network.isBlocked(side.process().node(), other(side).at.process().node());
    }

    private void lose(End end, long afterNanos) {
        end.at.process().after(afterNanos, () -> {
            if (end.open) {
                end.open = false;
                end.at.lost(this, end.from);
            }
        });
    }

    private void deliverAt(End to, ByteBuffer frame, long afterNanos) {
        to.at.process().after(afterNanos, () -> to.arrive(frame));
    }

    private End end(SimTransport side) {
        return opener.at == side ? opener : accepter;
    }

    private End other(SimTransport side) {
        return opener.at == side ? accepter : opener;
    }
}
