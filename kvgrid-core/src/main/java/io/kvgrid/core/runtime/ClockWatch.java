package io.kvgrid.core.runtime;

import io.kvgrid.core.replication.ReplicaSettings;

/**
 * Notices that the monotonic clock and the wall clock have drifted apart (P29): the monotonic one stands still in a
 * suspended machine, while leases end for everybody else. What a step of the wall clock costs is that leases begin anew.
 * A hypervisor that stops both cannot be noticed.
 */
final class ClockWatch {
    private record Base(long nanos, long millis) {}

    private final Loop loop;
    private final long marginMillis;
    private final long periodNanos;
    private volatile Base base;

    /** @param settings both bounds together stay below what the clocks of a lease are allowed to be wrong by */
    ClockWatch(Loop loop, ReplicaSettings settings) {
        this.loop = loop;
        marginMillis = Math.max(2, (long) (settings.leaseNanos() * settings.clockError() / 2 / 1e6));
        periodNanos = settings.leaseNanos();
        base = now();
    }

    /** Whether both clocks have gone on by as much since the last {@link #check}. Any thread; allocates nothing. */
    boolean agree() {
        Base since = base;
        for (int i = 0; i < 3; i++) { // a thread that was held up between the two has seen nothing
            long nanos = loop.nanoTime();
            long drift = loop.wallMillis() - since.millis - (nanos - since.nanos) / 1_000_000;
            if (drift <= marginMillis && drift >= -marginMillis) {
                return true;
            }
        }
        return false;
    }

    /** The same; what comes is compared to now if they do not, and now and then. The loop's. */
    boolean check() {
        boolean agreed = agree();
        Base now = now();
        if (!agreed || now.nanos - base.nanos >= periodNanos) {
            base = now;
        }
        return agreed;
    }

    private Base now() {
        return new Base(loop.nanoTime(), loop.wallMillis());
    }
}
