package io.kvgrid.arbiter.ratis;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a voter needs to know.
 *
 * @param voter its own address, as all voters know it
 * @param voters all addresses, its own among them
 * @param bindHost the address of this machine at which it listens
 * @param directory where it keeps its vote and its log
 * @param closeThreshold a pause that is longer ends Ratis' server, which is then built anew
 */
record VoterSettings(
        String grid, String voter, List<String> voters, String bindHost, Path directory, Duration closeThreshold) {
    VoterSettings {
        voters = List.copyOf(voters);
    }
}
