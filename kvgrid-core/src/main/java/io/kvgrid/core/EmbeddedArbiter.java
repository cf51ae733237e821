package io.kvgrid.core;

import io.kvgrid.ArbiterChoice;
import io.kvgrid.HostPort;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An Arbiter that lives in one named node of the grid and keeps its one small file there. Simple, and as available as that
 * node: while it is away reads and writes go on, but nobody can join, and no silent node can be removed; if its directory
 * is lost, the grid cannot change its members any more.
 */
public final class EmbeddedArbiter implements ArbiterChoice {
    private final Optional<InetSocketAddress> host;
    private final Optional<Path> directory;

    private EmbeddedArbiter(Optional<InetSocketAddress> host, Optional<Path> directory) {
        this.host = host;
        this.directory = directory;
    }

    /** This node hosts the Arbiter, in {@code arbiter} beside the node's directory under the data root. */
    public static ArbiterChoice hosted() {
        return new EmbeddedArbiter(Optional.empty(), Optional.empty());
    }

    /** This node hosts the Arbiter, in {@code directory}, which nothing else uses. */
    public static ArbiterChoice hosted(Path directory) {
        return new EmbeddedArbiter(Optional.empty(), Optional.of(directory));
    }

    /**
     * Another node hosts it: the one that listens at {@code address}, {@code host:port}.
     *
     * @throws IllegalArgumentException if the address does not read {@code host:port}
     */
    public static ArbiterChoice at(String address) {
        return new EmbeddedArbiter(Optional.of(HostPort.parse(address)), Optional.empty());
    }

    /** Where the host listens; empty if this node is the host. */
    public Optional<InetSocketAddress> host() {
        return host;
    }

    /** Where the host keeps its file; empty for the default. */
    public Optional<Path> directory() {
        return directory;
    }
}
