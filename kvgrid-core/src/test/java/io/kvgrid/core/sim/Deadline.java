package io.kvgrid.core.sim;

/** Notices an operation that does not end in time. */
final class Deadline {
    /** What an operation may end late: its node's loop and callbacks take a moment. */
    private static final long SLACK_NANOS = 20_000_000;

    private boolean ended;

    private Deadline() {}

    /** What is asked of {@code process} now has to end within {@code timeoutNanos} of its own clock, if it lives. */
    static Deadline expectEnd(SimProcess process, long timeoutNanos, String what) {
        Deadline deadline = new Deadline();
        process.afterOwn(timeoutNanos + SLACK_NANOS, () -> deadline.expectSoon(process, what));
        return deadline;
    }

    /** It has ended. */
    void ended() {
        ended = true;
    }

    /** Not before it has run for a while, nor after its death. */
    private void expectSoon(SimProcess process, String what) {
        process.afterOwn(SLACK_NANOS, () -> {
            if (!ended && !process.hasRunFor(SLACK_NANOS)) {
                expectSoon(process, what);
            } else if (!ended) {
                throw new InvariantViolation(
                        "DeadlinesKept", what + " on " + process.node() + " has not ended by its deadline");
            }
        });
    }
}
