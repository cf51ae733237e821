package io.kvgrid.chaos;

import java.util.Set;
import java.util.TreeSet;

/**
 * How one node sees the grid.
 *
 * @param epoch 0 while unknown
 * @param primary {@code -} while unknown
 * @param digestLsn the last write whose effect is in {@code digest}
 * @param digest of all entries
 */
record NodeView(
        String role,
        long epoch,
        String primary,
        Set<String> inSync,
        long commitLsn,
        long appliedLsn,
        long entries,
        long digestLsn,
        long digest) {
    /** Reads the answer to {@code view}. */
    static NodeView parse(String answer) {
        String[] words = answer.split(" ", -1);
        if (words.length != 10 || !words[0].equals("view")) {
            throw new ChaosFailure("no view: " + answer);
        }
        Set<String> inSync = words[4].equals("-") ? Set.of() : new TreeSet<>(Set.of(words[4].split(",", -1)));
        return new NodeView(
                words[1],
                Long.parseLong(words[2]),
                words[3],
                inSync,
                Long.parseLong(words[5]),
                Long.parseLong(words[6]),
                Long.parseLong(words[7]),
                Long.parseLong(words[8]),
                Long.parseLong(words[9]));
    }
}
