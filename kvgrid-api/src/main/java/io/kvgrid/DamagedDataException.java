package io.kvgrid;

import org.jspecify.annotations.Nullable;

/** The node's own data cannot be read back. Nothing was changed; see the message for the file and the place. */
public final class DamagedDataException extends GridStartException {
    private static final long serialVersionUID = 1L;

    public DamagedDataException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
