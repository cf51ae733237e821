package io.kvgrid.arbiter.ratis;

import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** Voters of one grid in this JVM, each with a directory and a port of its own. Used by one thread. */
final class Voters implements AutoCloseable {
    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

    private final Path root;
    private final List<String> addresses;
    private final Map<String, RatisArbiter> running = new TreeMap<>();

    private Voters(Path root, List<String> addresses) {
        this.root = root;
        this.addresses = addresses;
    }

    /** Starts {@code count} voters that know each other. */
    static Voters start(int count, Path root) throws IOException {
        Voters voters = new Voters(root, freeAddresses(count));
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
        return start(address, addresses);
    }

    RatisArbiter start(String address, List<String> all) {
        RatisArbiter started = RatisArbiter.of("orders", all.toArray(String[]::new))
                .voter(address, directory(address))
                .start();
        running.put(address, started);
        return started;
    }

    /** One of the arbiters that run. */
    RatisArbiter any() {
        return running.values().iterator().next();
    }

    RatisArbiter voter(int index) {
        return Objects.requireNonNull(running.get(addresses.get(index)));
    }

    Path directory(String address) {
        return root.resolve(address.replace(':', '_'));
    }

    void stop(String address) {
        RatisArbiter stopping = running.remove(address);
        if (stopping != null) {
            stopping.close();
        }
    }

    /** Stops the voter and removes all that it knew. */
    void wipe(String address) throws IOException {
        stop(address);
        try (Stream<Path> files = Files.walk(directory(address))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** The configuration as {@code arbiter} reads it, once a majority answers. */
    static Optional<GridConfig> read(RatisArbiter arbiter) {
        return untilAvailable(() -> arbiter.read().toCompletableFuture().join());
    }

    /** Sets {@code config}, once a majority answers. */
    static CasResult set(RatisArbiter arbiter, GridConfig config) {
        return untilAvailable(() -> arbiter.compareAndSet(config.cv() - 1, config)
                .toCompletableFuture()
                .join());
    }

    interface Call<T> {
        T make();
    }

    static <T> T untilAvailable(Call<T> call) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try {
                return call.make();
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof ArbiterUnavailableException) || System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        running.values().parallelStream().forEach(RatisArbiter::close);
    }
}
