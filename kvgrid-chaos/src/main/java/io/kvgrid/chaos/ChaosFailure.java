package io.kvgrid.chaos;

/** Something did not hold, or could not be found out. The message says what. */
public final class ChaosFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ChaosFailure(String message) {
        super(message);
    }

    public ChaosFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
