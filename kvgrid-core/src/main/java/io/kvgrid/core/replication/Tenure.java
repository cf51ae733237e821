package io.kvgrid.core.replication;

/**
 * An unbroken stretch of authority: while it is current and unexpired, this node's committed copy is the newest there
 * is. Readers check before and after that the very same object is current (P27). It is replaced at every change of
 * role, epoch, cv or largest possible S; a renewal extends it only while it is unexpired.
 */
public final class Tenure {
    private final boolean forEver;
    private volatile long deadlineNanos;

    private Tenure(boolean forEver, long deadlineNanos) {
        this.forEver = forEver;
        this.deadlineNanos = deadlineNanos;
    }

    /** Authority of a primary that is alone in S: it needs no echo. */
    static Tenure alone() {
        return new Tenure(true, 0);
    }

    static Tenure until(long deadlineNanos) {
        return new Tenure(false, deadlineNanos);
    }

    /** Whether {@code nowNanos} lies inside. Compared by subtraction (P29). */
    public boolean covers(long nowNanos) {
        return forEver || nowNanos - deadlineNanos < 0;
    }

    /** Extends this tenure if it is unexpired and the new deadline is later. Called by the loop only. */
    boolean extend(long nowNanos, long deadline) {
        if (forEver || nowNanos - deadlineNanos >= 0) {
            return forEver;
        }
        if (deadline - deadlineNanos > 0) {
            deadlineNanos = deadline;
        }
        return true;
    }
}
