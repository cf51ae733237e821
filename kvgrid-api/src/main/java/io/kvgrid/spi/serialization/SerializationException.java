package io.kvgrid.spi.serialization;

import org.jspecify.annotations.Nullable;

/** A value could not be written or read. The message names types and limits, never content (X11). */
public final class SerializationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SerializationException(String message) {
        super(message);
    }

    public SerializationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
