package io.kvgrid.core.sim;

/** A simulated grid broke a rule. The message begins with the invariant's name. */
public final class InvariantViolation extends AssertionError {
    private static final long serialVersionUID = 1L;
    private final String invariant;

    InvariantViolation(String invariant, String message) {
        super(invariant + ": " + message);
        this.invariant = invariant;
    }

    InvariantViolation(String invariant, String message, Throwable cause) {
        super(invariant + ": " + message, cause);
        this.invariant = invariant;
    }

    private InvariantViolation(InvariantViolation found, String details) {
        super(found.getMessage() + '\n' + details, found);
        this.invariant = found.invariant;
    }

    /** Which invariant it was. */
    public String invariant() {
        return invariant;
    }

    /** The same with {@code details} below the message. */
    InvariantViolation with(String details) {
        return new InvariantViolation(this, details);
    }
}
