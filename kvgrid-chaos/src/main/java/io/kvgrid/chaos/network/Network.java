package io.kvgrid.chaos.network;

import java.io.PrintStream;
import java.util.List;

/** Where nodes listen, and which of them can hear each other. Commands to the nodes travel elsewhere. One thread. */
public interface Network extends AutoCloseable {
    /** Namespaces where this process may make them; loopback addresses, which nothing cuts, elsewhere. Says which. */
    static Network of(List<String> nodes, PrintStream out) {
        try {
            Network network = Namespaces.create(nodes);
            out.println("network: a namespace for each node, joined by a bridge in one more; cut by blackhole routes");
            return network;
        } catch (SystemCommandException e) {
            out.println("network: loopback addresses, and NO SPLITS: namespaces cannot be made here (" + e.getMessage()
                    + ")");
            return new Loopback(nodes);
        }
    }

    /** What stands before a command that runs on the network of {@code node}. */
    List<String> launcher(String node);

    /** Where {@code node} listens, {@code host:port}. */
    String address(String node);

    /** Where the voter of {@code node} listens, if it has one. */
    String voterAddress(String node);

    /** Whether {@link #cut} is possible. */
    boolean canCut();

    /** From now on nothing that {@code from} sends arrives at {@code to}. */
    void cut(String from, String to);

    /** Everybody hears everybody again. */
    void heal();

    /** How many packets {@code node} has sent into a cut so far. */
    long lost(String node);

    /** Removes all that was made. Idempotent. No node's process runs any more. */
    @Override
    void close();
}
