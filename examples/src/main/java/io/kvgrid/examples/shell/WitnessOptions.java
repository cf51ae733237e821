package io.kvgrid.examples.shell;

import io.kvgrid.arbiter.ratis.RatisArbiter;
import io.kvgrid.arbiter.ratis.RatisArbiterBuilder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The settings of a witness, from a command line. */
public final class WitnessOptions {
    @Option(names = "--grid", required = true, paramLabel = "NAME", description = "the grid's name")
    private String grid = "";

    @Option(
            names = "--listen",
            required = true,
            paramLabel = "HOST:PORT",
            description = "where to listen, as the nodes name it by --witness; a loopback address")
    private String listen = "";

    @Option(
            names = "--peers",
            required = true,
            split = ",",
            paramLabel = "HOST:PORT",
            description = "all nodes, as they name themselves by --listen, separated by commas")
    private String[] peers = {};

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "kvgrid-data",
            description = "where the vote is kept; ${DEFAULT-VALUE} unless set")
    private Path data = Path.of("kvgrid-data");

    /**
     * Settings for {@link io.kvgrid.arbiter.ratis.GridWitness#start}.
     *
     * @throws IllegalArgumentException if one of them is not valid
     */
    public RatisArbiterBuilder settings() {
        String[] voters = Stream.concat(Arrays.stream(peers).map(Voters::of), Stream.of(listen))
                .toArray(String[]::new);
        return RatisArbiter.of(grid, voters)
                .voter(listen, data.resolve(grid).resolve("arbiter").resolve("witness"));
    }
}
