package io.kvgrid.chaos.node;

import io.kvgrid.ArbiterChoice;
import io.kvgrid.GridNode;
import io.kvgrid.HostPort;
import io.kvgrid.core.EmbeddedArbiter;
import io.kvgrid.persistence.file.FilePersistence;
import io.kvgrid.spi.arbiter.Arbiter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The process of one node, driven by {@link LineProtocol} with the commands of {@link NodeCommands}. */
public final class ChaosNode implements Callable<Integer> {
    static final String GRID = "chaos";
    private static final int NOT_READY = 1;

    @Option(names = "--id", required = true)
    private String id = "";

    @Option(names = "--listen", required = true)
    private String listen = "";

    @Option(names = "--peers", required = true, split = ",")
    private String[] peers = {};

    @Option(names = "--host", description = "who hosts the embedded Arbiter: self, or an address")
    private String host = "";

    @Option(names = "--data", required = true, description = "the node's own directory is in it, named by its id")
    private Path data = Path.of("");

    @Mixin
    private final VoterOptions voters = new VoterOptions();

    private ChaosNode() {}

    /** Runs until told to exit. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ChaosNode()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        LineProtocol protocol = new LineProtocol();
        Optional<Arbiter> voter = voter();
        SlowDisk disk = new SlowDisk(FilePersistence.in(data.resolve(id)));
        InetSocketAddress address = HostPort.parse(listen);
        GridNode<String, String> node = GridNode.builder(GRID, String.class, String.class)
                .nodeId(id)
                .listen(address.getHostString(), address.getPort())
                .insecure() // a network namespace has no other inhabitants
                .peers(peers)
                .arbiter(voter.map(ArbiterChoice::of).orElseGet(this::embeddedArbiter))
                .dataRoot(data.resolve("grid"))
                .persistence(disk)
                .start();
        var unused = node.ready().whenComplete((ready, failure) -> {
            if (failure == null) {
                protocol.say("ready");
            } else {
                System.err.println("not ready: " + failure);
                Runtime.getRuntime().halt(NOT_READY);
            }
        });
        return protocol.serve(new NodeCommands(node, disk, voter)::answer, node::close);
    }

    private Optional<Arbiter> voter() {
        return voters.areGiven()
                ? Optional.of(voters.builder(arbiterDirectory()).start())
                : Optional.empty();
    }

    private ArbiterChoice embeddedArbiter() {
        return host.equals("self") ? EmbeddedArbiter.hosted(arbiterDirectory()) : EmbeddedArbiter.at(host);
    }

    private Path arbiterDirectory() {
        return data.resolve("arbiter-" + id);
    }
}
