package io.kvgrid.chaos.history;

/** A time during which something that ought to happen did not. */
public record Gap(long fromNanos, long endNanos) {
    /** How long it lasted. */
    public long nanos() {
        return endNanos - fromNanos;
    }
}
