package io.kvgrid.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The simulator notices each {@link Mutant}, within as many seeds as the normal build runs. */
class MutantsTest {
    /** The seed that found a mutant, and what it broke. */
    private record Found(long seed, String invariant) {}

    @Test
    void eachMutantIsFound() {
        Map<Mutant, Optional<Found>> found = Arrays.stream(Mutant.values())
                .parallel()
                .collect(Collectors.toMap(
                        mutant -> mutant, MutantsTest::find, (one, other) -> one, () -> new EnumMap<>(Mutant.class)));

        found.forEach((mutant, by) -> System.out.printf(
                Locale.ROOT,
                "  mutant %-36s %-4s %s%n",
                mutant,
                mutant.rule(),
                by.map(f -> "found by seed " + f.seed + ": " + f.invariant).orElse("NOT FOUND")));
        List<Mutant> alive = found.entrySet().stream()
                .filter(entry -> entry.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
        assertThat(alive).as("mutants that nothing notices").isEmpty();
    }

    private static Optional<Found> find(Mutant mutant) {
        for (long seed = mutant.firstSeed(); seed < mutant.firstSeed() + SimulationTest.SEEDS; seed++) {
            try {
                Simulation.run(seed, mutant.rules(), mutant.persistence(), Set.of());
            } catch (InvariantViolation e) {
                return Optional.of(new Found(seed, e.invariant()));
            }
        }
        return Optional.empty();
    }
}
