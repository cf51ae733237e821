package io.kvgrid.spi.arbiter;

import org.jspecify.annotations.Nullable;

/** The Arbiter did not answer in time, or not at all. Whether the call took effect is unknown (P4). */
public final class ArbiterUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ArbiterUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
