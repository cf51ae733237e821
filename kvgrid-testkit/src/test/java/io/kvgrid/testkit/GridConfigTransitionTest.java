package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.arbiter.GridConfig;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** {@link GridConfig#transition} against a model of the same rules (P1, P2, P3, P7, P9, P17, P44). */
class GridConfigTransitionTest {
    @Test
    void randomProposalsAreJudgedAsTheModelJudges() {
        TreeMap<String, Integer> verdicts = new TreeMap<>();
        for (long seed = 1; seed <= 2_000; seed++) {
            RandomProposals proposals = new RandomProposals(seed);
            GridConfig current = null;
            for (int i = 0; i < 100; i++) {
                GridConfig next = proposals.next(current);

                Optional<String> refusal = GridConfig.transition(current, next);

                assertThat(refusal.isEmpty())
                        .as("seed %s, proposal %s: %s on %s: %s", seed, i, next, current, refusal)
                        .isEqualTo(ConfigModel.allows(current, next));
                verdicts.merge(refusal.map(GridConfigTransitionTest::rule).orElse("allowed"), 1, Integer::sum);
                current = refusal.isEmpty() ? next : current;
            }
        }
        System.out.println("verdicts on random proposals: " + verdicts);
        assertThat(verdicts)
                .containsKeys("allowed", "(P1)", "(P2)", "(P3)", "(P2, P7)", "(P7)", "(P9)", "(P17)", "(P44)");
    }

    private static String rule(String refusal) {
        int bracket = refusal.lastIndexOf('(');
        return bracket < 0 ? "other" : refusal.substring(bracket);
    }
}
