package io.kvgrid.transport.netty;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The connections whose handshake is not complete. Of those that others opened only so many are kept; one more, and the
 * oldest goes: an honest peer is through in a moment, so that a crowd of silent strangers does not keep it out (X3).
 * Event loop only.
 */
final class Handshakes {
    private final int maxStrangers;
    private final Map<UUID, HandshakeHandler> byNonce = new LinkedHashMap<>(); // in order of arrival
    private int strangers;

    Handshakes(int maxStrangers) {
        this.maxStrangers = maxStrangers;
    }

    void begin(HandshakeHandler handshake) {
        byNonce.put(handshake.nonce(), handshake);
        if (handshake.isStranger() && ++strangers > maxStrangers) {
            oldestStranger()
                    .reject("more than " + maxStrangers + " connections without a handshake, this was the oldest");
        }
    }

    /** Forgets {@code handshake}; does nothing if that was done before. */
    void end(HandshakeHandler handshake) {
        if (byNonce.remove(handshake.nonce()) != null && handshake.isStranger()) {
            strangers--;
        }
    }

    /** The connection whose hello carried {@code nonce}, or null. */
    @Nullable
    HandshakeHandler sentBy(UUID nonce) {
        return byNonce.get(nonce);
    }

    void tick() {
        List.copyOf(byNonce.values()).forEach(HandshakeHandler::tick);
    }

    /** Closes all. */
    void close() {
        List.copyOf(byNonce.values()).forEach(HandshakeHandler::close);
    }

    private HandshakeHandler oldestStranger() {
        return byNonce.values().stream()
                .filter(HandshakeHandler::isStranger)
                .findFirst()
                .orElseThrow();
    }
}
