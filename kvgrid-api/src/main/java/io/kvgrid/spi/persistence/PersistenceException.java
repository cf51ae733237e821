package io.kvgrid.spi.persistence;

import org.jspecify.annotations.Nullable;

/**
 * A call to a {@link Persistence} failed. Whether the bytes became durable is unknown.
 *
 * <p>{@linkplain #isRetryable Retryable}: the same call with the same bytes may be made again, and nothing counts as
 * durable until one succeeds. Otherwise the persistence is dead: every later call fails too, and the node leaves the
 * in-sync set (S2).
 */
public class PersistenceException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final boolean retryable;

    protected PersistenceException(String message, @Nullable Throwable cause, boolean retryable) {
        super(message, cause);
        this.retryable = retryable;
    }

    /** A failure after which the same call may be repeated, for example a database that is restarting. */
    public static PersistenceException retryable(String message, @Nullable Throwable cause) {
        return new PersistenceException(message, cause, true);
    }

    /** A failure after which this persistence must not be used again, for example a failed write or force of a file. */
    public static PersistenceException fatal(String message, @Nullable Throwable cause) {
        return new PersistenceException(message, cause, false);
    }

    /** Whether the same call with the same bytes may be made again. */
    public boolean isRetryable() {
        return retryable;
    }
}
