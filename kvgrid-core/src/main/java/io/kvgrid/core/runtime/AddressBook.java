package io.kvgrid.core.runtime;

import io.kvgrid.HostPort;
import io.kvgrid.spi.transport.Transport;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The addresses of other nodes: those that were configured, those of the members, and those of peers that said hello. A
 * connection is kept to each. Thread-safe; names are not looked up here, which would block.
 */
final class AddressBook {
    /** An address that needs no look-up. */
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|.*:.*");
    /** No peer can fill this node's memory with addresses. */
    private static final int MAX_ADDRESSES = 256;

    private final Transport transport;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    AddressBook(Transport transport) {
        this.transport = transport;
    }

    void addAll(List<InetSocketAddress> addresses) {
        addresses.forEach(address -> add(HostPort.format(address)));
    }

    /** Keeps a connection to {@code address}, {@code host:port}; nothing happens if it is empty or no address. */
    void add(String address) {
        int colon = address.lastIndexOf(':');
        if (colon <= 0 || known.size() >= MAX_ADDRESSES || !known.add(address)) {
            return;
        }
        String host = address.substring(0, colon);
        try {
            int port = Integer.parseInt(address.substring(colon + 1));
            transport.connect(
                    NUMERIC.matcher(host).matches()
                            ? new InetSocketAddress(host, port)
                            : InetSocketAddress.createUnresolved(host, port));
        } catch (IllegalArgumentException e) {
            known.remove(address); // a peer's text: the codec has bounded it, nobody has parsed it
        }
    }
}
