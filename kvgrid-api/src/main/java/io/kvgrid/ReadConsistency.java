package io.kvgrid;

/**
 * What a read may return.
 *
 * <ul>
 *   <li>{@link #LINEARIZABLE}: every write acknowledged anywhere before the read began is seen. Local on the primary
 *       while it has its authority; confirmed by one round trip to the primary on the others.
 *   <li>{@link #LOCAL}: this node's committed copy as it is. Never waits; may lag behind other nodes; never goes
 *       backwards on one node within one run.
 *   <li>{@link #atLeast}: like LOCAL, once this node has applied the given version; waits for that within its deadline.
 * </ul>
 */
public final class ReadConsistency {
    /** Sees every write acknowledged before the read began. */
    public static final ReadConsistency LINEARIZABLE = new ReadConsistency(-1);
    /** This node's copy as it is. */
    public static final ReadConsistency LOCAL = new ReadConsistency(0);

    private final long version;

    private ReadConsistency(long version) {
        this.version = version;
    }

    /**
     * This node's copy, once it holds the write of that version.
     *
     * @param version {@link OperationAck#version()} or {@link Versioned#version()}
     */
    public static ReadConsistency atLeast(long version) {
        if (version < 0) {
            throw new IllegalArgumentException("a version is not negative: " + version);
        }
        return version == 0 ? LOCAL : new ReadConsistency(version);
    }

    /** The version that must have been applied; 0 for {@link #LOCAL}, -1 for {@link #LINEARIZABLE}. */
    public long minVersion() {
        return version;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ReadConsistency that && version == that.version;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(version);
    }

    @Override
    public String toString() {
        return version < 0 ? "LINEARIZABLE" : version == 0 ? "LOCAL" : "atLeast(" + version + ")";
    }
}
