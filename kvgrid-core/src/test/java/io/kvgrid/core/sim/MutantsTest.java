package io.kvgrid.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The simulator notices {@link Mutant}s: here a sample; {@code mutants.sh} hunts all of them. */
class MutantsTest {
    private static final int SAMPLE = 10;

    @Test
    void sampleOfMutantsIsFound() {
        List<Optional<MutantHunt.Found>> found =
                MutantHunt.sample(SAMPLE).parallelStream().map(MutantHunt::find).toList();

        found.forEach(
                by -> System.out.println("  mutant " + by.map(Object::toString).orElse("LIVES")));
        assertThat(found).hasSize(SAMPLE).allSatisfy(by -> assertThat(by).isPresent());
    }

    @Test
    void thereIsAMutantForEachRuleThatASwitchCanBreak() {
        assertThat(Mutant.values()).hasSizeGreaterThanOrEqualTo(40);
    }
}
