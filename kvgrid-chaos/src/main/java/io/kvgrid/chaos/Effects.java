package io.kvgrid.chaos;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/** How often faults struck, and what proves that they did something. Used by one thread. */
final class Effects {
    /** Faults whose effect does not show in the process table. */
    enum Kind {
        /** Noticed: the system said that the process is stopped. */
        STOP,
        /** Noticed: packets were lost. */
        SPLIT,
        /** Noticed: appends were slowed. */
        SLOW_DISK
    }

    private final Map<Fault, Integer> happened = new EnumMap<>(Fault.class);
    private final Map<Fault, Integer> skipped = new EnumMap<>(Fault.class);
    private final Map<Kind, Integer> noticed = new EnumMap<>(Kind.class);
    private final Map<Kind, Integer> unnoticed = new EnumMap<>(Kind.class);
    private final WriteGaps gaps = new WriteGaps();
    private final WriteGaps arbiterGaps = new WriteGaps();
    private long failOvers;
    private long changes;
    private long packets;

    void happened(Fault fault) {
        happened.merge(fault, 1, Integer::sum);
    }

    void skipped(Fault fault) {
        skipped.merge(fault, 1, Integer::sum);
    }

    void noticed(Kind kind, boolean effect) {
        (effect ? noticed : unnoticed).merge(kind, 1, Integer::sum);
    }

    /** A stop or a split: whether the others removed the node, or replaced it, while it lasted. */
    void changed(boolean members) {
        changes += members ? 1 : 0;
    }

    void failedOver(long times) {
        failOvers += times;
    }

    void lost(long count) {
        packets += count;
    }

    /** After each kill of a primary. */
    WriteGaps gaps() {
        return gaps;
    }

    /** For how long the Arbiter did not answer then. */
    WriteGaps arbiterGaps() {
        return arbiterGaps;
    }

    long failOvers() {
        return failOvers;
    }

    /** How many faults of {@code kind} showed no effect. */
    int unnoticed(Kind kind) {
        return unnoticed.getOrDefault(kind, 0);
    }

    private int struck(Fault fault) {
        return happened.getOrDefault(fault, 0) - skipped.getOrDefault(fault, 0);
    }

    int kills() {
        return sum(Fault::kills);
    }

    int killsOfPrimary() {
        return sum(Fault::killsOfPrimary);
    }

    int stops() {
        return sum(Fault::stops);
    }

    int splits() {
        return sum(Fault::splits);
    }

    private int sum(ToIntFunction<Fault> count) {
        int sum = 0;
        for (Fault fault : Fault.values()) {
            sum += struck(fault) * count.applyAsInt(fault);
        }
        return sum;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Fault fault : Fault.values()) {
            text.append(String.format("  %-34s %3d%n", fault, struck(fault)));
        }
        return text
                + String.format(
                        "kills=%d of_primary=%d stops=%d splits=%d lost_packets=%d members_changed=%d new_primaries=%d",
                        kills(), killsOfPrimary(), stops(), splits(), packets, changes, failOvers);
    }
}
