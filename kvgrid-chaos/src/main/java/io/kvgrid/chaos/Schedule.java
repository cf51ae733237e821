package io.kvgrid.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;

/** What happens in one run, in order. A seed and a number of rounds always give the same. */
final class Schedule {
    /** The faults of one round, before they are shuffled. */
    private static final List<Fault> ROUND = List.of(
            Fault.KILL_PRIMARY,
            Fault.KILL_PRIMARY,
            Fault.KILL_PRIMARY,
            Fault.KILL_PRIMARY_AND_RESTART_AT_ONCE,
            Fault.KILL_SECONDARY,
            Fault.KILL_ALL,
            Fault.STOP_PRIMARY,
            Fault.STOP_PRIMARY,
            Fault.STOP_SECONDARY,
            Fault.STOP_SECONDARY,
            Fault.STOP_SECONDARY,
            Fault.SPLIT_PRIMARY,
            Fault.SPLIT_FROM_PRIMARY,
            Fault.SPLIT_TO_PRIMARY,
            Fault.SPLIT_SECONDARY,
            Fault.SPLIT_PRIMARY_FROM_ONE,
            Fault.SPLIT_TWO_SECONDARIES,
            Fault.RESTART_PRIMARY,
            Fault.RESTART_ALL,
            Fault.WIPE_PRIMARY,
            Fault.WIPE_SECONDARY,
            Fault.SLOW_PRIMARY,
            Fault.SLOW_SECONDARY);

    /** How long each stop of a round lasts: from one that a lease survives to many leases. */
    private static final List<Integer> STOP_MILLIS = List.of(1_000, 1_500, 3_000, 5_000, 15_000);

    /** A grid that takes no writes while a split lasts breaks every bound on that, those of a slow Arbiter too. */
    private static final int SPLIT_MILLIS = 8_000;

    /** What takes a while besides. */
    private static final int OTHER_MILLIS = 4_000;

    private static final int MORE_MILLIS = 1_000;

    private Schedule() {}

    /**
     * One fault.
     *
     * @param millis how long it lasts, if it does
     * @param choice which of several nodes it hits
     */
    record Planned(Fault fault, int millis, int choice) {}

    /** The faults of {@code rounds} rounds. */
    static List<Planned> of(long seed, int rounds) {
        Random random = new Random(seed);
        List<Planned> all = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            List<Fault> faults = new ArrayList<>(ROUND);
            List<Integer> stops = new ArrayList<>(STOP_MILLIS);
            Collections.shuffle(faults, random);
            Collections.shuffle(stops, random);
            for (Fault fault : faults) {
                int millis = fault.stops() > 0 ? stops.remove(0) : millis(fault) + random.nextInt(MORE_MILLIS);
                all.add(new Planned(fault, millis, random.nextInt(1 << 16)));
            }
        }
        return all;
    }

    private static int millis(Fault fault) {
        return fault.splits() > 0 ? SPLIT_MILLIS : OTHER_MILLIS;
    }

    /** One fault again and again. */
    static List<Planned> only(Fault fault, int times) {
        return Collections.nCopies(times, new Planned(fault, millis(fault), 0));
    }

    /** Adds up what the faults of {@code schedule} count as. */
    static int sum(List<Planned> schedule, ToIntFunction<Fault> count) {
        return schedule.stream().map(Planned::fault).mapToInt(count).sum();
    }
}
