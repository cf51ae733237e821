package io.kvgrid.arbiter.ratis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/** Voters of one grid in this JVM, each with a directory and a port of its own. */
final class Voters implements AutoCloseable {
    private final String grid;
    private final Path root;
    private final List<String> addresses;
    private final TreeMap<String, RatisArbiter> running = new TreeMap<>();

    private Voters(String grid, Path root, List<String> addresses) {
        this.grid = grid;
        this.root = root;
        this.addresses = addresses;
    }

    static Voters start(int count, Path root) throws IOException {
        Voters voters = new Voters("orders", root, freeAddresses(count));
        voters.addresses.forEach(voters::start);
        return voters;
    }

    static List<String> freeAddresses(int count) throws IOException {
        List<ServerSocket> taken = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                taken.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return taken.stream()
                    .map(socket -> "127.0.0.1:" + socket.getLocalPort())
                    .sorted()
                    .toList();
        } finally {
            for (ServerSocket socket : taken) {
                socket.close();
            }
        }
    }

    List<String> addresses() {
        return addresses;
    }

    RatisArbiter start(String address) {
        RatisArbiter started = builder().voter(address, directory(address)).start();
        running.put(address, started);
        return started;
    }

    RatisArbiterBuilder builder() {
        return RatisArbiter.of(grid, addresses.toArray(String[]::new));
    }

    Path directory(String address) {
        return root.resolve(address.replace(':', '_'));
    }

    RatisArbiter voter(int index) {
        return Objects.requireNonNull(running.get(addresses.get(index)));
    }

    void stop(String address) {
        RatisArbiter stopping = running.remove(address);
        if (stopping != null) {
            stopping.close();
        }
    }

    @Override
    public void close() {
        List.copyOf(running.keySet()).forEach(this::stop);
    }
}
