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
    /** The loop's: where {@link #base} goes once readers see no lease of before. */
    private Base next;

    /** @param settings both bounds together stay below what the clocks of a lease are allowed to be wrong by */
    ClockWatch(Loop loop, ReplicaSettings settings) {
        this.loop = loop;
        marginMillis = Math.max(2, (long) (settings.leaseNanos() * settings.clockError() / 2 / 1e6));
        periodNanos = settings.leaseNanos();
        base = now();
        next = base;
    }

    /** Whether both clocks have gone on by as much since what {@link #check} compares to. Any thread; allocates nothing. */
    boolean agree() {
        Base since = base;
        for (int i = 0; i < 3; i++) { // a thread that was held up between the two has seen nothing
            long nanos = loop.nanoTime();
            if (agree(since, nanos, loop.wallMillis())) {
                return true;
            }
        }
        return false;
    }

    /**
     * The same, and now and then what comes is compared to now. After a no {@link #agree} says no as well until {@link
     * #restart}: a reader may still see a lease of before. The loop's.
     */
    boolean check() {
        for (int i = 0; i < 3; i++) {
            next = now();
            if (agree(base, next.nanos, next.millis)) {
                if (next.nanos - base.nanos >= periodNanos) {
                    base = next;
                }
                return true;
            }
        }
        return false;
    }

    /**
     * All leases of before have been withdrawn: what comes is compared to the moment at which {@link #check} said no, so that
     * nothing that happened since goes unseen. The loop's.
     */
    void restart() {
        base = next;
    }

    private boolean agree(Base since, long nanos, long millis) {
        long drift = millis - since.millis - (nanos - since.nanos) / 1_000_000;
        return drift <= marginMillis && drift >= -marginMillis;
    }

    private Base now() {
        return new Base(loop.nanoTime(), loop.wallMillis());
    }
}
