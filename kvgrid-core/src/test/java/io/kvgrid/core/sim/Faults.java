package io.kvgrid.core.sim;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Which faults one run has, how strong each is, and how often it took effect. A seed enables a random subset at random
 * strength: all faults at once hide bugs.
 */
@SuppressWarnings("EnumOrdinal") // several are asked for with each message; a map of numbers would be slower
final class Faults {
    private final double[] strength = new double[Fault.values().length];
    private final long[] counts = new long[Fault.values().length];
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
        strength[fault.ordinal()] = howStrong;
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
        return stopped ? 0 : strength[fault.ordinal()];
    }

    /**
     * Whether {@code fault} strikes now; counts it if so.
     *
     * @param most the probability at full strength
     */
    boolean strikes(Fault fault, double most) {
        boolean now = comes(fault, most);
        if (now) {
            count(fault);
        }
        return now;
    }

    /** The same for a fault that is counted later, where it takes effect. */
    boolean comes(Fault fault, double most) {
        double s = strength(fault);
        // one draw in either case would tie the run to calls that change nothing
        return s > 0 && random.nextDouble() < s * most;
    }

    /** Notes that {@code fault} took effect. */
    void count(Fault fault) {
        counts[fault.ordinal()]++;
    }

    /** How often each fault took effect, if it did. */
    Map<Fault, Long> counts() {
        Map<Fault, Long> taken = new EnumMap<>(Fault.class);
        for (Fault fault : Fault.values()) {
            if (counts[fault.ordinal()] > 0) {
                taken.put(fault, counts[fault.ordinal()]);
            }
        }
        return taken;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Fault fault : Fault.values()) {
            if (strength[fault.ordinal()] > 0) {
                text.append(String.format(Locale.ROOT, " %s=%.2f", fault, strength[fault.ordinal()]));
            }
        }
        return "faults:" + text;
    }
}
