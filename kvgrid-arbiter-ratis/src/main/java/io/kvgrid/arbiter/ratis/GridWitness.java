package io.kvgrid.arbiter.ratis;

import io.kvgrid.GridStartException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * A vote without data: with it, two data nodes can do without one of them. Needs next to nothing, but must not stand on the
 * machine of either data node. In a process of its own:
 *
 * <pre>
 * java -cp … io.kvgrid.arbiter.ratis.GridWitness --grid orders --listen 10.0.0.3:8400 \
 *     --voters 10.0.0.1:8400,10.0.0.2:8400,10.0.0.3:8400 --data /var/lib/kvgrid/witness [--bind 0.0.0.0] [--insecure]
 * </pre>
 */
public final class GridWitness implements AutoCloseable {
    private static final Set<String> WITH_VALUE = Set.of("--grid", "--listen", "--voters", "--data", "--bind");
    private static final String INSECURE = "--insecure";

    private final RatisArbiter arbiter;

    private GridWitness(RatisArbiter arbiter) {
        this.arbiter = arbiter;
    }

    /**
     * Starts a witness in this process; blocks until it listens.
     *
     * @param settings say which voter it is, by {@link RatisArbiterBuilder#voter}
     * @throws GridStartException as {@link RatisArbiterBuilder#start} does
     * @throws IllegalArgumentException if they name no voter
     */
    public static GridWitness start(RatisArbiterBuilder settings) {
        settings.requireVoter();
        return new GridWitness(settings.start());
    }

    /** Ends the vote. Blocks for 2 s at most. */
    @Override
    public void close() {
        arbiter.close();
    }

    /** Runs a witness until the process is ended. Exit code 1: it cannot start; 2: the arguments are wrong. */
    public static void main(String[] args) throws InterruptedException {
        RatisArbiterBuilder settings;
        try {
            settings = settings(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        try {
            GridWitness witness = start(settings);
            Runtime.getRuntime().addShutdownHook(new Thread(witness::close, "witness-close"));
        } catch (GridStartException | IllegalStateException e) {
            System.err.println("cannot start: " + e.getMessage());
            System.exit(1);
        }
        new CountDownLatch(1).await(); // the process is ended by a signal
    }

    static RatisArbiterBuilder settings(String... args) {
        Map<String, String> values = new HashMap<>();
        boolean insecure = false;
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals(INSECURE)) {
                insecure = true;
            } else if (WITH_VALUE.contains(args[i]) && i + 1 < args.length) {
                values.put(args[i], args[++i]);
            } else {
                throw new IllegalArgumentException("not understood: " + args[i]);
            }
        }
        RatisArbiterBuilder settings = RatisArbiter.of(
                        needed(values, "--grid"), needed(values, "--voters").split(",", -1))
                .voter(needed(values, "--listen"), Path.of(needed(values, "--data")));
        if (values.containsKey("--bind")) {
            settings.bind(needed(values, "--bind"));
        }
        return insecure ? settings.insecure() : settings;
    }

    private static String needed(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }
}
