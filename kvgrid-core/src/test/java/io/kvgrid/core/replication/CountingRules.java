package io.kvgrid.core.replication;

/** The real {@link Rules}, which count what leaves no other trace where all goes well. */
public final class CountingRules extends Rules {
    private long comparedDigests;

    /** Rules of one simulated grid. */
    public CountingRules() {}

    /** How often a node has compared its state with its primary's (P38). */
    public long comparedDigests() {
        return comparedDigests;
    }

    @Override
    boolean statesAgree(long own, long primarys) {
        comparedDigests++;
        return super.statesAgree(own, primarys);
    }
}
