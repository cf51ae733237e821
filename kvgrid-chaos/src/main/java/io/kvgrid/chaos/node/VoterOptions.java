package io.kvgrid.chaos.node;

import io.kvgrid.arbiter.ratis.RatisArbiter;
import io.kvgrid.arbiter.ratis.RatisArbiterBuilder;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which voters there are, and which one is this process. */
final class VoterOptions {
    @Option(names = "--voters", split = ",")
    private String[] voters = {};

    @Option(names = "--voter", description = "the address of this one")
    private String voter = "";

    /** Whether roles are assigned by voters. */
    boolean areGiven() {
        return voters.length > 0;
    }

    /** Settings of this process' voter, which keeps its files in {@code directory}. */
    RatisArbiterBuilder builder(Path directory) {
        return RatisArbiter.of(ChaosNode.GRID, voters)
                .voter(voter, directory)
                .insecure(); // a network namespace has no other inhabitants
    }
}
