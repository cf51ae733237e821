package io.kvgrid.core.sim;

import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Which faults one run has, how strong each is, and how often it took effect. A seed enables a random subset at random
 * strength: all faults at once hide bugs.
 */
final class Faults {
    private final EnumMap<Fault, Double> strength = new EnumMap<>(Fault.class);
    private final EnumMap<Fault, Long> counts = new EnumMap<>(Fault.class);
    private final RandomGenerator random;
    private boolean stopped;

    private Faults(RandomGenerator random) {
        this.random = random;
    }

    /** No faults at all; {@link #enable} adds some. */
    static Faults none(RandomGenerator random) {
        return new Faults(random);
    }

    /** A random subset at random strength, drawn from {@code random}. */
    static Faults drawn(RandomGenerator random) {
        Faults faults = new Faults(random);
        double share = 0.1 + 0.6 * random.nextDouble();
        for (Fault fault : Fault.values()) {
            if (random.nextDouble() < share) {
                // squared: weak faults are more common than strong ones, which leave little alive to test
                double drawn = random.nextDouble();
                faults.enable(fault, drawn * drawn);
            }
        }
        return faults;
    }

    /** Sets how strong {@code fault} is, from 0 (never) to 1. */
    Faults enable(Fault fault, double howStrong) {
        strength.put(fault, howStrong);
        return this;
    }

    /** From now on nothing goes wrong any more. */
    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    boolean enabled(Fault fault) {
        return strength(fault) > 0;
    }

    /** The strength of {@code fault}, 0 to 1. */
    double strength(Fault fault) {
        return stopped ? 0 : strength.getOrDefault(fault, 0.0);
    }

    /**
     * Whether {@code fault} strikes now; counts it if so.
     *
     * @param most the probability at full strength
     */
    boolean strikes(Fault fault, double most) {
        double s = strength(fault);
        // one draw in either case would tie the run to calls that change nothing
        if (s == 0 || random.nextDouble() >= s * most) {
            return false;
        }
        count(fault);
        return true;
    }

    /** Notes that {@code fault} took effect. */
    void count(Fault fault) {
        counts.merge(fault, 1L, Long::sum);
    }

    Map<Fault, Long> counts() {
        return counts;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        strength.forEach((fault, s) -> text.append(String.format(" %s=%.2f", fault, s)));
        return "faults:" + text;
    }
}
