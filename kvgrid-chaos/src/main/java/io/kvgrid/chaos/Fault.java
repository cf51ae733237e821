package io.kvgrid.chaos;

/** What can happen to a grid. Each counts as so many kills, stops and splits. */
enum Fault {
    KILL_PRIMARY(1, 1, 0, 0),
    KILL_SECONDARY(1, 0, 0, 0),
    /** All nodes that faults may hit, at once: three, or two beside a witness. */
    KILL_ALL(3, 1, 0, 0),
    /** Killed and started without a moment between; it may not go on as what it was (P6). */
    KILL_PRIMARY_AND_RESTART_AT_ONCE(1, 1, 0, 0),
    STOP_PRIMARY(0, 0, 1, 0),
    STOP_SECONDARY(0, 0, 1, 0),
    /** The primary neither hears nor is heard. */
    SPLIT_PRIMARY(0, 0, 0, 1),
    /** The primary hears the others, who do not hear it. */
    SPLIT_FROM_PRIMARY(0, 0, 0, 1),
    /** The others hear the primary, which does not hear them. */
    SPLIT_TO_PRIMARY(0, 0, 0, 1),
    SPLIT_SECONDARY(0, 0, 0, 1),
    /** The primary and one secondary do not hear each other; the others hear both (P41). */
    SPLIT_PRIMARY_FROM_ONE(0, 0, 0, 1),
    /** Two secondaries, or the one and the witness, do not hear each other (P41). */
    SPLIT_TWO_SECONDARIES(0, 0, 0, 1),
    RESTART_PRIMARY(0, 0, 0, 0),
    /** Each node in turn, gracefully. */
    RESTART_ALL(0, 0, 0, 0),
    /** Killed, and started with an empty directory. */
    WIPE_PRIMARY(1, 1, 0, 0),
    WIPE_SECONDARY(1, 0, 0, 0),
    SLOW_PRIMARY(0, 0, 0, 0),
    SLOW_SECONDARY(0, 0, 0, 0);

    private final int kills;
    private final int killsOfPrimary;
    private final int stops;
    private final int splits;

    Fault(int kills, int killsOfPrimary, int stops, int splits) {
        this.kills = kills;
        this.killsOfPrimary = killsOfPrimary;
        this.stops = stops;
        this.splits = splits;
    }

    /** In a grid where faults may hit so many nodes. */
    int kills(int victims) {
        return Math.min(kills, victims);
    }

    int killsOfPrimary() {
        return killsOfPrimary;
    }

    int stops() {
        return stops;
    }

    int splits() {
        return splits;
    }
}
