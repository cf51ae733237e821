package io.kvgrid;

import org.jspecify.annotations.Nullable;

/** The data directory, or the grid found at the peers, is not the one that this node was told to join. */
public final class WrongGridException extends GridStartException {
    private static final long serialVersionUID = 1L;

    public WrongGridException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
