package io.kvgrid.chaos.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A network namespace for each node, and one for the bridge that joins them: nothing of it is in the machine's own
 * network. Names are {@code kvgrid-<pid of this process>-<node>}; those of processes that are no more are removed, with
 * what runs in them, before new ones are made.
 */
final class Namespaces implements Network {
    private static final String PREFIX = "kvgrid-";
    private static final String HUB = "net";
    private static final String SUBNET = "10.77.0.";
    private static final int PORT = 7400;
    private static final int VOTER_PORT = 8400;

    private record Cut(String from, String to) {}

    private final List<String> nodes;
    private final List<Cut> cuts = new ArrayList<>();

    private Namespaces(List<String> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /** @throws SystemCommandException if this process may not; nothing is left behind */
    static Namespaces create(List<String> nodes) {
        removeStale();
        Namespaces network = new Namespaces(nodes);
        try {
            network.build();
            return network;
        } catch (SystemCommandException e) {
            network.close();
            throw e;
        }
    }

    private void build() {
        String hub = name(HUB);
        SystemCommand.run("ip", "netns", "add", hub);
        SystemCommand.run("ip", "-n", hub, "link", "add", "hub", "type", "bridge");
        SystemCommand.run("ip", "-n", hub, "link", "set", "hub", "up");
        for (String node : nodes) {
            String own = name(node);
            String port = "to-" + node;
            SystemCommand.run("ip", "netns", "add", own);
            SystemCommand.run("ip", "-n", own, "link", "set", "lo", "up");
            SystemCommand.run(
                    "ip", "-n", hub, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", own);
            SystemCommand.run("ip", "-n", hub, "link", "set", port, "master", "hub", "up");
            SystemCommand.run("ip", "-n", own, "address", "add", host(node) + "/24", "dev", "eth0");
            SystemCommand.run("ip", "-n", own, "link", "set", "eth0", "up");
        }
    }

    private static void removeStale() {
        for (String line : SystemCommand.run("ip", "netns", "list").lines().toList()) {
            String name = line.split(" ", -1)[0];
            if (maker(name).map(pid -> ProcessHandle.of(pid).isEmpty()).orElse(false)) {
                remove(name);
            }
        }
    }

    /** The process that made the namespace {@code name}; empty if it is none of ours. */
    static Optional<Long> maker(String name) {
        String[] parts = name.split("-", -1);
        boolean ours = parts.length == 3 && name.startsWith(PREFIX) && parts[1].matches("[0-9]{1,9}");
        return ours ? Optional.of(Long.parseLong(parts[1])) : Optional.empty();
    }

    private static void remove(String name) {
        SystemCommand.run("ip", "netns", "pids", name)
                .lines()
                .map(Long::parseLong)
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .forEach(ProcessHandle::destroyForcibly);
        SystemCommand.run("ip", "netns", "delete", name);
    }

    private static String name(String node) {
        return PREFIX + ProcessHandle.current().pid() + "-" + node;
    }

    private String host(String node) {
        return SUBNET + (1 + nodes.indexOf(node));
    }

    @Override
    public List<String> launcher(String node) {
        return List.of("ip", "netns", "exec", name(node));
    }

    @Override
    public String address(String node) {
        return host(node) + ":" + PORT;
    }

    @Override
    public String voterAddress(String node) {
        return host(node) + ":" + VOTER_PORT;
    }

    @Override
    public boolean canCut() {
        return true;
    }

    @Override
    public void cut(String from, String to) {
        SystemCommand.run("ip", "-n", name(from), "route", "add", "blackhole", host(to) + "/32");
        cuts.add(new Cut(from, to));
    }

    @Override
    public void heal() {
        for (Cut cut : cuts) {
            SystemCommand.run("ip", "-n", name(cut.from), "route", "delete", "blackhole", host(cut.to) + "/32");
        }
        cuts.clear();
    }

    @Override
    public long lost(String node) {
        List<String> ip = SystemCommand.run("ip", "netns", "exec", name(node), "cat", "/proc/net/snmp")
                .lines()
                .filter(line -> line.startsWith("Ip: "))
                .toList();
        int column = List.of(ip.get(0).split(" ", -1)).indexOf("OutNoRoutes");
        return Long.parseLong(ip.get(1).split(" ", -1)[column]);
    }

    @Override
    public void close() {
        cuts.clear();
        for (String line : SystemCommand.run("ip", "netns", "list").lines().toList()) {
            String name = line.split(" ", -1)[0];
            if (name.startsWith(name(""))) {
                remove(name);
            }
        }
    }
}
