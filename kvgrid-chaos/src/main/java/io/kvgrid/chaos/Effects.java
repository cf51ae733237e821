package io.kvgrid.chaos;

import java.util.EnumMap;
import java.util.Map;

/** How often faults struck, and what proves that they did something. Used by one thread. */
final class Effects {
    /** What was seen to happen, elsewhere than in the plan. */
    enum Observed {
        /** A process died of SIGKILL. */
        KILLED,
        /** After a kill of the primary there was a newer epoch. */
        NEW_PRIMARY_AFTER_KILL,
        /** A secondary that had been killed was removed before it was started again. */
        REMOVAL_AFTER_KILL,
        /** The system said that the process is stopped. */
        STOPPED,
        /** Packets were lost. */
        CUT,
        /** Appends were slowed. */
        SLOWED
    }

    private final Map<Fault, Integer> happened = new EnumMap<>(Fault.class);
    private final Map<Fault, Integer> skipped = new EnumMap<>(Fault.class);
    private final Map<Observed, Integer> observed = new EnumMap<>(Observed.class);
    private final WriteGaps gaps = new WriteGaps();
    private final WriteGaps correctedGaps = new WriteGaps();
    private final WriteGaps interruptions = new WriteGaps();
    private final WriteGaps arbiterGaps = new WriteGaps();
    private long failOvers;
    private long packets;

    void happened(Fault fault) {
        happened.merge(fault, 1, Integer::sum);
    }

    void skipped(Fault fault) {
        skipped.merge(fault, 1, Integer::sum);
    }

    /** Whether faults were skipped, since nothing can be cut here. */
    boolean anySkipped() {
        return !skipped.isEmpty();
    }

    void saw(Observed what, int times) {
        observed.merge(what, times, Integer::sum);
    }

    int times(Observed what) {
        return observed.getOrDefault(what, 0);
    }

    /** The primary was killed, and after {@code length} a write was acknowledged. */
    void failOver(Interruption.Length length) {
        gaps.add(length.rawNanos());
        correctedGaps.add(length.correctedNanos());
        arbiterGaps.add(length.arbiterNanos());
    }

    /** Another fault stopped writes for {@code length} at most. */
    void interrupted(Interruption.Length length) {
        interruptions.add(length.rawNanos());
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

    /** The same without what this machine stalled. */
    WriteGaps correctedGaps() {
        return correctedGaps;
    }

    /** The longest times without an acknowledged write in other faults. */
    WriteGaps interruptions() {
        return interruptions;
    }

    /** For how long the Arbiter did not answer then. */
    WriteGaps arbiterGaps() {
        return arbiterGaps;
    }

    private int struck(Fault fault) {
        return happened.getOrDefault(fault, 0) - skipped.getOrDefault(fault, 0);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Fault fault : Fault.values()) {
            text.append(String.format("  %-34s %3d%n", fault, struck(fault)));
        }
        return text + String.format("%s lost_packets=%d new_primaries=%d", observed, packets, failOvers);
    }
}
