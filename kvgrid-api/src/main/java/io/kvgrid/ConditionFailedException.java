package io.kvgrid;

/** The write's condition did not hold, judged on a committed state. Not applied. */
public final class ConditionFailedException extends OperationFailedException {
    private static final long serialVersionUID = 1L;
    private final long currentVersion;

    public ConditionFailedException(OperationId id, long currentVersion) {
        super(
                id,
                Outcome.NOT_APPLIED,
                currentVersion == 0
                        ? "the condition does not hold: the key has no value"
                        : "the condition does not hold: the key's version is " + currentVersion);
        this.currentVersion = currentVersion;
    }

    /** The version of the key's value; 0 if it has none. */
    public long currentVersion() {
        return currentVersion;
    }
}
