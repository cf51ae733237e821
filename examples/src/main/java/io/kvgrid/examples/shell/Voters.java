package io.kvgrid.examples.shell;

import io.kvgrid.HostPort;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the voters of a grid listen, by the rule of the shell: a node's vote is {@value #DISTANCE} ports above the port for
 * other nodes; a witness, which has no other port, is named by its vote's.
 *
 * @param listen the node's own address for other nodes
 * @param peers the other nodes' addresses
 * @param witness its vote's address
 */
record Voters(String listen, List<String> peers, Optional<String> witness) {
    static final int DISTANCE = 1000;

    /** This node's vote. */
    String own() {
        return of(listen);
    }

    /** All votes. */
    String[] all() {
        return Stream.concat(Stream.concat(Stream.of(listen), peers.stream()).map(Voters::of), witness.stream())
                .toArray(String[]::new);
    }

    /**
     * The vote of the node that listens at {@code address}.
     *
     * @throws IllegalArgumentException if that is no address, or its port is too high
     */
    static String of(String address) {
        InetSocketAddress node = HostPort.parse(address);
        if (node.getPort() + DISTANCE > 65535) {
            throw new IllegalArgumentException("with --arbiter ratis a port is at most " + (65535 - DISTANCE) + ", not "
                    + node.getPort() + ": the node's vote is " + DISTANCE + " above it");
        }
        return node.getHostString() + ":" + (node.getPort() + DISTANCE);
    }
}
