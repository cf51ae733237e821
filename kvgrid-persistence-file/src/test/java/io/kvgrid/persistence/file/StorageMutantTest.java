package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The checks of crashes, failures and damage find each {@link StorageMutant}; the normal build tries a sample. All of
 * them: {@code -Dkvgrid.mutants=all}; some: their names, with commas.
 */
class StorageMutantTest {
    private static final Set<StorageMutant> SAMPLE = EnumSet.of(
            StorageMutant.ACKNOWLEDGE_WITHOUT_FORCE,
            StorageMutant.WATERMARK_BEFORE_THE_FORCE,
            StorageMutant.RENAME_WITHOUT_FORCE_OF_THE_DIRECTORY,
            StorageMutant.SHORT_WRITE_IS_TAKEN_FOR_ALL);

    @TempDir
    Path directory;

    @Test
    void eachMutantIsFound() throws Exception {
        assumeTrue(ToolProvider.findFirst("javac").isPresent(), "there is no Java compiler");
        List<StorageMutant> alive = new ArrayList<>();
        for (StorageMutant mutant : chosen()) {
            Path classes = Files.createDirectory(directory.resolve(mutant.name()));
            Object found = MutantLoader.hunt(mutant, classes).call();
            System.out.printf(
                    Locale.ROOT,
                    "  mutant %-38s %-8s %s%n",
                    mutant,
                    mutant.rules(),
                    found.equals("") ? "NOT FOUND" : "found by " + found);
            if (found.equals("")) {
                alive.add(mutant);
            }
        }
        assertThat(alive).as("mutants that nothing notices").isEmpty();
    }

    private static Set<StorageMutant> chosen() {
        String names = System.getProperty("kvgrid.mutants", "");
        if (names.equals("all")) {
            return EnumSet.allOf(StorageMutant.class);
        }
        return names.isEmpty()
                ? SAMPLE
                : Stream.of(names.split(",", -1)).map(StorageMutant::valueOf).collect(Collectors.toSet());
    }

    /** Also those that the normal build does not run. */
    @Test
    void eachMutantChangesTheSourceAsItIs() throws Exception {
        for (StorageMutant mutant : StorageMutant.values()) {
            String source = MutantLoader.source(mutant);
            assertThat(mutant.applyTo(source)).isNotEqualTo(source);
        }
    }

    /** Otherwise the checks would find anything. */
    @Test
    @EnabledIfSystemProperty(named = "kvgrid.mutants", matches = "all", disabledReason = "the other tests say so too")
    void unchangedStoreIsNotTakenForAMutant() {
        assertThat(new MutantHunt("").call()).isEmpty();
    }
}
