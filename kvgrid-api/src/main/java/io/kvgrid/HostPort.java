package io.kvgrid;

import java.net.InetSocketAddress;

/** Reads and writes addresses as {@code host:port}. */
public final class HostPort {
    private HostPort() {}

    /**
     * The address that {@code text} names; its host is looked up.
     *
     * @throws IllegalArgumentException if it does not read {@code host:port} with a port of 0 to 65535
     */
    public static InetSocketAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            if (colon > 0) {
                int port = Integer.parseInt(text.substring(colon + 1));
                if (port >= 0 && port <= 65535) {
                    return new InetSocketAddress(text.substring(0, colon), port);
                }
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("an address reads host:port, not '" + text + "'", e);
        }
        throw new IllegalArgumentException("an address reads host:port with a port of 0 to 65535, not '" + text + "'");
    }

    /** {@code host:port} of {@code address}, without a look-up. */
    public static String format(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }
}
