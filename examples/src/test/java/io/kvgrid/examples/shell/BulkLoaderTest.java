package io.kvgrid.examples.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.OperationId;
import io.kvgrid.OperationTimeoutException;
import io.kvgrid.Outcome;
import io.kvgrid.OverloadedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How inserts are repeated; time is the test's own. */
class BulkLoaderTest {
    private static final OperationId ID = new OperationId(new UUID(0, 1), 7);

    private final FakeNode node = new FakeNode();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    /** How long each attempt takes. */
    private final AtomicLong attemptNanos = new AtomicLong();

    private final AtomicLong now = new AtomicLong();
    private BulkLoader<String> loader;

    @BeforeEach
    void create() {
        node.ready.complete(null);
        loader =
                new BulkLoader<>(node, 1, Duration.ofSeconds(5), waiting::add, () -> now.getAndAdd(attemptNanos.get()));
    }

    @Test
    void insertThatWaitedLongIsRepeatedAtOnceWithItsId() throws Exception {
        attemptNanos.set(TimeUnit.SECONDS.toNanos(1));
        node.failures.add(new OperationTimeoutException(ID, Outcome.UNKNOWN, "late"));

        loader.add("k", "v");

        assertThat(waiting).isEmpty();
        assertThat(node.ids).containsExactly(Optional.empty(), Optional.of(ID));
        assertThat(loader.finish()).isEqualTo(new BulkLoader.Progress(1, 1, 0, 1, 1, 0));
    }

    @Test
    void longestTimeBetweenTwoAcknowledgementsIsKept() throws Exception {
        loader.add("k", "v");
        now.addAndGet(300);
        loader.add("l", "v");
        now.addAndGet(200);
        loader.add("m", "v");

        assertThat(loader.finish().maxGapNanos()).isEqualTo(300);
    }

    @Test
    void insertOfUnknownOutcomeThatEndedQuicklyWaitsALittle() throws Exception {
        node.failures.add(new OperationTimeoutException(ID, Outcome.UNKNOWN, "soon"));

        loader.add("k", "v");
        assertThat(node.ids).hasSize(1);
        waiting.remove().run();

        assertThat(node.ids).containsExactly(Optional.empty(), Optional.of(ID));
        assertThat(loader.finish().acknowledged()).isOne();
    }

    @Test
    void insertThatWasNotAppliedGetsAnotherId() throws Exception {
        node.failures.add(new OverloadedException(ID, "busy"));

        loader.add("k", "v");
        waiting.remove().run();

        assertThat(node.ids).containsExactly(Optional.empty(), Optional.empty());
        assertThat(loader.finish().acknowledged()).isOne();
    }

    @Test
    void idStaysWhenALaterAttemptIsRefused() throws Exception {
        node.failures.add(new OperationTimeoutException(ID, Outcome.UNKNOWN, "soon"));
        node.failures.add(new OverloadedException(null, "busy"));

        loader.add("k", "v");
        waiting.remove().run();
        waiting.remove().run();

        assertThat(node.ids).containsExactly(Optional.empty(), Optional.of(ID), Optional.of(ID));
        assertThat(loader.finish().acknowledged()).isOne();
    }
}
