package io.kvgrid.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which processes a grid is made of, and who of them has a say in who is primary.
 *
 * @param data the nodes that hold data
 * @param victims those that faults hit
 * @param witness the process with a vote and no data
 * @param host the node that hosts the embedded Arbiter; empty if voters are asked
 */
record Topology(String name, List<String> data, List<String> victims, Optional<String> witness, Optional<String> host) {
    /** Three nodes, each with a voter of the Ratis Arbiter. */
    static final Topology THREE =
            new Topology("THREE", List.of("a", "b", "c"), List.of("a", "b", "c"), Optional.empty(), Optional.empty());
    /** Two nodes with a voter each, and a witness, the third voter. */
    static final Topology TWO_AND_WITNESS =
            new Topology("TWO_AND_WITNESS", List.of("a", "b"), List.of("a", "b"), Optional.of("w"), Optional.empty());
    /** Three nodes that faults hit, and one that hosts the embedded Arbiter and is spared. */
    static final Topology HOSTED = new Topology(
            "HOSTED", List.of("a", "b", "c", "d"), List.of("a", "b", "c"), Optional.empty(), Optional.of("d"));

    /** How long each node's lease is: the default. */
    static final Duration LEASE = Duration.ofMillis(600);
    /**
     * How long a Ratis Arbiter takes to have a new leader, at most, on a machine that does not stall: a voter looks for
     * heartbeats at the end of a random time of up to 700 ms, so that it may miss them for 1.4 s; then two candidates may refuse
     * each other, twice.
     */
    private static final Duration ELECTION = Duration.ofSeconds(3);

    /** The one of that name. */
    static Topology named(String name) {
        return List.of(THREE, TWO_AND_WITNESS, HOSTED).stream()
                .filter(topology -> topology.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no topology has the name " + name));
    }

    /** All processes. */
    List<String> processes() {
        List<String> all = new ArrayList<>(data);
        witness.ifPresent(all::add);
        return List.copyOf(all);
    }

    /** All but {@code one}. */
    List<String> others(String one) {
        return processes().stream().filter(other -> !other.equals(one)).toList();
    }

    /** How long the Arbiter may take to answer again when one process is gone. */
    Duration election() {
        return host.isPresent() ? LEASE : ELECTION;
    }

    /** From the death of a primary to the first acknowledged write: max(2 leases, the Arbiter's own gap) + 1 s. */
    Duration longestGap(Duration arbiterGap) {
        Duration twoLeases = LEASE.multipliedBy(2);
        return (arbiterGap.compareTo(twoLeases) < 0 ? twoLeases : arbiterGap).plusSeconds(1);
    }

    @Override
    public String toString() {
        return name;
    }
}
