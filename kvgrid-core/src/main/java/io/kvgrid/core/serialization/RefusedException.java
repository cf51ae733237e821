package io.kvgrid.core.serialization;

import com.esotericsoftware.kryo.KryoException;

/**
 * Why a value or its bytes are refused, in words that name types and limits and never content (X11). A KryoException,
 * so that Kryo's serializers let it through as it is; Kryo adds its trace to the message, never to the reason.
 */
final class RefusedException extends KryoException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    RefusedException(String reason) {
        super(reason);
        this.reason = reason;
    }

    RefusedException(String reason, Throwable cause) {
        super(reason, cause);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
