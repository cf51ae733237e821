package io.kvgrid.examples;

import io.kvgrid.ArbiterChoice;
import io.kvgrid.GridNode;
import io.kvgrid.GridView;
import io.kvgrid.core.EmbeddedArbiter;
import io.kvgrid.examples.demo.Directories;
import io.kvgrid.examples.demo.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Three instances of a service share its feature flags. Here they run in one JVM; elsewhere in three. */
public final class EmbeddedInService {
    private EmbeddedInService() {}

    /** One instance: it reads flags on every request, so it holds them itself. */
    static final class CheckoutService implements AutoCloseable {
        private final GridNode<String, Boolean> flags;

        CheckoutService(String id, int port, String[] peers, ArbiterChoice arbiter, Path data) {
            // snippet: embedded
            flags = GridNode.builder("feature-flags", String.class, Boolean.class)
                    .nodeId(id)
                    .listen("127.0.0.1", port)
                    .peers(peers)
                    .arbiter(arbiter)
                    .dataRoot(data)
                    .listener(EmbeddedInService::show)
                    .start();
            flags.ready().join();
            // end
        }

        void enable(String flag) {
            flags.insert(flag, true).join();
        }

        void disable(String flag) {
            flags.remove(flag).join();
        }

        boolean isEnabled(String flag) {
            return flags.get(flag).join().orElse(false);
        }

        @Override
        public void close() {
            flags.close();
        }
    }

    private static void show(GridView view) {
        System.out.println("  " + view.self() + ": " + view.role() + ", in sync " + view.inSync());
    }

    public static void main(String[] args) throws IOException {
        Path data = Files.createTempDirectory("kvgrid-embedded-");
        int[] ports = FreePorts.find(3);
        String host = "127.0.0.1:" + ports[0];
        ArbiterChoice there = EmbeddedArbiter.at(host);
        try (var a = new CheckoutService("a", ports[0], new String[0], EmbeddedArbiter.hosted(), data);
                var b = new CheckoutService("b", ports[1], new String[] {host}, there, data);
                var c = new CheckoutService("c", ports[2], new String[] {host}, there, data)) {
            b.enable("express-payment");
            System.out.println("express-payment is enabled on a: " + a.isEnabled("express-payment") + ", on c: "
                    + c.isEnabled("express-payment"));
            c.disable("express-payment");
            System.out.println("and after c disabled it, on b: " + b.isEnabled("express-payment"));
        } finally {
            Directories.delete(data);
        }
    }
}
