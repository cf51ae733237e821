package io.kvgrid.chaos.network;

import java.util.List;

/** An address of the loopback network for each node. Nothing can be cut. */
final class Loopback implements Network {
    private final List<String> nodes;
    private final int port = 20_000 + (int) (ProcessHandle.current().pid() % 10_000);

    Loopback(List<String> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    @Override
    public List<String> launcher(String node) {
        return List.of();
    }

    @Override
    public String address(String node) {
        return "127.0.1." + (1 + nodes.indexOf(node)) + ":" + port;
    }

    @Override
    public String voterAddress(String node) {
        return "127.0.1." + (1 + nodes.indexOf(node)) + ":" + (port + 1);
    }

    @Override
    public boolean canCut() {
        return false;
    }

    @Override
    public void cut(String from, String to) {
        throw new UnsupportedOperationException("loopback addresses cannot be cut off");
    }

    @Override
    public void heal() {}

    @Override
    public long lost(String node) {
        return 0;
    }

    @Override
    public void close() {}
}
