package io.kvgrid;

import org.jspecify.annotations.Nullable;

/** A node could not start. Nothing is left behind: no thread, no lock, no port. The message says what to do. */
public class GridStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public GridStartException(String message) {
        super(message);
    }

    public GridStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
