package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardedLoopTest {
    private final TestLoop loop = new TestLoop();
    private final List<Throwable> failures = new ArrayList<>();
    private final GuardedLoop guarded = new GuardedLoop(loop, failures::add);
    private final List<String> ran = new ArrayList<>();

    @Test
    void whatATaskThrowsGoesToTheMemberNotToTheLoop() {
        StackOverflowError error = new StackOverflowError();
        guarded.execute(() -> {
            throw error;
        });
        guarded.execute(() -> ran.add("next"));
        loop.run();

        assertThat(failures).containsExactly(error);
        assertThat(ran).containsExactly("next");
    }

    @Test
    void afterStopNoTaskOfTheMemberRuns() {
        guarded.execute(() -> ran.add("task"));
        guarded.schedule(1_000_000, () -> ran.add("timer"));
        guarded.stop();
        guarded.execute(() -> ran.add("later"));
        loop.execute(() -> ran.add("the node's own"));
        loop.advanceMillis(10);

        assertThat(ran).containsExactly("the node's own");
    }
}
