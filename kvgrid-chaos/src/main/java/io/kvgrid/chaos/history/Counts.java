package io.kvgrid.chaos.history;

/**
 * How operations ended.
 *
 * @param acknowledged writes
 * @param refused conditional writes whose condition did not hold
 * @param notApplied writes that said so
 * @param unknown writes whose outcome nobody said, those that their node took with it among them
 * @param reads linearizable, answered
 * @param locals answered
 * @param readsFailed within their deadline
 */
public record Counts(
        long acknowledged, long refused, long notApplied, long unknown, long reads, long locals, long readsFailed) {
    /** All of them. */
    public long operations() {
        return acknowledged + refused + notApplied + unknown + reads + locals + readsFailed;
    }
}
