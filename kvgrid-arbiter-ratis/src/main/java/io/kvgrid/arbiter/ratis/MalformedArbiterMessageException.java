package io.kvgrid.arbiter.ratis;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Bytes that are no message or state of this Arbiter (X14). The message names the field. */
final class MalformedArbiterMessageException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedArbiterMessageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
