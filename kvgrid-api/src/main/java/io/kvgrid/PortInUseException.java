package io.kvgrid;

import org.jspecify.annotations.Nullable;

/** The listen address is taken by another process, or is not an address of this machine. */
public final class PortInUseException extends GridStartException {
    private static final long serialVersionUID = 1L;

    public PortInUseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
