package io.kvgrid.examples.shell;

import io.kvgrid.ArbiterChoice;
import io.kvgrid.GridNode;
import io.kvgrid.GridNodeBuilder;
import io.kvgrid.HostPort;
import io.kvgrid.arbiter.ratis.RatisArbiter;
import io.kvgrid.core.EmbeddedArbiter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The settings of a node, from a command line. */
public final class NodeOptions {
    @Option(names = "--grid", required = true, paramLabel = "NAME", description = "the grid's name, equal on all nodes")
    private String grid = "";

    @Option(names = "--id", required = true, paramLabel = "ID", description = "this node's name, equal at every start")
    private String id = "";

    @Option(
            names = "--listen",
            required = true,
            paramLabel = "HOST:PORT",
            description = "where to listen for other nodes; a loopback address")
    private String listen = "";

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "HOST:PORT",
            description = "other nodes to try first, separated by commas")
    private String[] peers = {};

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "kvgrid-data",
            description = "where the node keeps its files; ${DEFAULT-VALUE} unless set")
    private Path data = Path.of("kvgrid-data");

    @Option(
            names = "--arbiter",
            paramLabel = "hosted|HOST:PORT|ratis",
            defaultValue = "",
            description =
                    "who assigns the roles: this node, the one that listens there, or a majority of all nodes named by"
                            + " --listen and --peers; needed with --peers")
    private String arbiter = "";

    @Option(
            names = "--witness",
            paramLabel = "HOST:PORT",
            description = "with --arbiter ratis: where a witness listens, which has a vote and no data; see witness.sh")
    private @Nullable String witness;

    @Option(
            names = "--min-in-sync",
            paramLabel = "N",
            description = "the fewest in-sync nodes that may take a write; the grid's own default unless set")
    private @Nullable Integer minInSync;

    @Option(
            names = "--timeout",
            paramLabel = "MILLIS",
            defaultValue = "1000",
            description = "when an operation ends at the latest; ${DEFAULT-VALUE} unless set")
    private long timeoutMillis;

    /** This node's name. */
    public String id() {
        return id;
    }

    /** When an operation ends at the latest. */
    public Duration timeout() {
        return Duration.ofMillis(timeoutMillis);
    }

    /**
     * A builder with these settings.
     *
     * @throws IllegalArgumentException if one of them is not valid
     */
    public <V> GridNodeBuilder<String, V> builder(Class<V> valueType) {
        InetSocketAddress address = HostPort.parse(listen);
        GridNodeBuilder<String, V> builder = GridNode.builder(grid, String.class, valueType)
                .nodeId(id)
                .listen(address.getHostString(), address.getPort())
                .peers(peers)
                .dataRoot(data)
                .operationTimeout(timeout());
        if (!arbiter.isEmpty()) {
            builder.arbiter(arbiterChoice());
        }
        if (minInSync != null) {
            builder.minInSync(minInSync);
        }
        return builder;
    }

    private ArbiterChoice arbiterChoice() {
        if (arbiter.equals("ratis")) {
            Voters voters = new Voters(listen, List.of(peers), Optional.ofNullable(witness));
            return RatisArbiter.of(grid, voters.all())
                    .voter(voters.own(), data.resolve(grid).resolve("arbiter").resolve("voter-" + id))
                    .choice();
        }
        return arbiter.equals("hosted") ? EmbeddedArbiter.hosted() : EmbeddedArbiter.at(arbiter);
    }
}
