package io.kvgrid.examples.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports that stay free while a node is down. */
public final class FreePorts {
    /** Below the ports that systems give to outgoing connections, one of which could otherwise take a port in between. */
    private static final int FIRST = 20_000;

    private static final int END = 31_000;

    /** Where a node of the shell has its vote, above its port for other nodes. */
    public static final int VOTE = 1_000;

    private FreePorts() {}

    /** {@code count} different ports of the loopback address on which, and on whose votes' ports, nobody listens now. */
    public static int[] find(int count) {
        Set<Integer> ports = new TreeSet<>();
        while (ports.size() < count) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (isFree(port) && isFree(port + VOTE)) {
                ports.add(port);
            }
        }
        return ports.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
