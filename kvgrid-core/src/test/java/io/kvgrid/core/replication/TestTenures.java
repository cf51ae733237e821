package io.kvgrid.core.replication;

/** Makes tenures for tests of other packages. */
public final class TestTenures {
    private TestTenures() {}

    public static Tenure until(long deadlineNanos) {
        return Tenure.until(deadlineNanos);
    }

    /** As {@link Tenure#extend}. */
    public static boolean extend(Tenure tenure, long nowNanos, long deadlineNanos) {
        return tenure.extend(nowNanos, deadlineNanos);
    }
}
