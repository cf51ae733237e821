package io.kvgrid;

import org.jspecify.annotations.Nullable;

/** Another process, or another node of this process, has the data directory open. */
public final class DataDirectoryInUseException extends GridStartException {
    private static final long serialVersionUID = 1L;

    public DataDirectoryInUseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
