package io.kvgrid.core.message;

/**
 * What became of a write, as its primary says it.
 *
 * @param lsn for {@link Kind#ACKNOWLEDGED} the write's LSN; for {@link Kind#CONDITION_FAILED} the version of the key's
 *     value, 0 if it has none; 0 otherwise
 */
public record WriteResult(Kind kind, long lsn) {
    /** What became of it. Codes on the wire stand in the codec. */
    public enum Kind {
        /** On the disk of every in-sync node. */
        ACKNOWLEDGED,
        /** Not applied: the condition did not hold on a committed state. */
        CONDITION_FAILED,
        /** Not applied: the node is not the primary. */
        NOT_PRIMARY,
        /** Not applied: too few in-sync nodes answer. */
        NOT_ENOUGH_REPLICAS,
        /** Not applied: too much is under way. */
        OVERLOADED,
        /** Not applied now, unknown before: the id is older than what the grid remembers (P19). */
        TOO_OLD,
        /** Maybe applied: the primary lost its role before the write was committed. */
        UNKNOWN
    }

    public static WriteResult acknowledged(long lsn) {
        return new WriteResult(Kind.ACKNOWLEDGED, lsn);
    }

    public static WriteResult of(Kind kind) {
        return new WriteResult(kind, 0);
    }
}
