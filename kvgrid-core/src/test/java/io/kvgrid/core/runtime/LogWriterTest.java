package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.NodeId;
import io.kvgrid.core.replication.Input;
import io.kvgrid.core.replication.ReplicaMeta;
import io.kvgrid.core.store.TestLog;
import io.kvgrid.spi.persistence.PersistenceException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LogWriterTest {
    private final TestLoop loop = new TestLoop();
    private final ScriptedPersistence persistence = new ScriptedPersistence();
    private final List<Input> inputs = new ArrayList<>();
    private final List<Throwable> fatal = new ArrayList<>();
    private final PersistenceQueue queue = new PersistenceQueue(loop, fatal::add);
    private final LogWriter writer = new LogWriter(persistence, queue, inputs::add, 0);
    private final TestLog log = new TestLog();

    @Test
    void callsAreMadeAtOnceAndToldInTheirOrder() {
        append(2);
        append(1);
        ReplicaMeta meta = new ReplicaMeta(
                "g", new NodeId("a"), new UUID(1, 2), 1, List.of(new UUID(3, 4)), Optional.empty(), false);
        writer.save(meta);
        writer.truncateAfter(2);

        assertThat(persistence.calls).containsExactly("append [1, 2]", "append [3]", "metadata", "truncate 2");
        loop.run();
        assertThat(inputs).isEmpty(); // nothing is durable before its stage completes

        succeedAll();
        assertThat(inputs)
                .containsExactly(
                        new Input.LogFlushed(2),
                        new Input.LogFlushed(3),
                        new Input.MetadataSaved(meta),
                        new Input.LogTruncated(2));
    }

    @Test
    void afterARetryableFailureTheCallsAreRepeatedFromTheFirstThatFailed() {
        append(1);
        append(1);
        append(1);
        writer.truncateAfter(2);
        persistence.succeed();
        persistence.failRetryably();
        loop.advanceMillis(500);
        assertThat(persistence.calls).hasSize(4); // two have not ended yet

        append(1); // waits behind
        persistence.failRetryably();
        persistence.failRetryably();
        loop.advanceMillis(99);
        assertThat(persistence.calls).hasSize(4);
        loop.advanceMillis(1);

        assertThat(persistence.calls.subList(4, persistence.calls.size()))
                .containsExactly("append [2, 3]", "truncate 2", "append [4]");
        succeedAll();
        assertThat(inputs)
                .containsExactly(
                        new Input.LogFlushed(1),
                        new Input.LogFlushed(3),
                        new Input.LogTruncated(2),
                        new Input.LogFlushed(4));
        assertThat(fatal).isEmpty();
    }

    @Test
    void repetitionGoesOnUntilItSucceeds() {
        append(1);
        for (int i = 0; i < 5; i++) {
            persistence.failRetryably();
            loop.advanceMillis(100);
        }

        assertThat(persistence.calls).hasSize(6).containsOnly("append [1]");
        assertThat(inputs).isEmpty();
        assertThat(queue.stalledNanos()).isEqualTo(500_000_000);
        succeedAll();
        assertThat(inputs).containsExactly(new Input.LogFlushed(1));
        assertThat(queue.stalledNanos()).isZero();
    }

    @Test
    void afterAFatalFailureNothingIsCalledAndNothingAcknowledged() {
        append(1);
        append(1);
        PersistenceException broken = PersistenceException.fatal("broken", null);
        persistence.fail(broken);
        persistence.succeed(); // S2: whatever it says now
        loop.run();
        append(1);
        loop.advanceMillis(1_000);

        assertThat(fatal).containsExactly(broken);
        assertThat(inputs).isEmpty();
        assertThat(persistence.calls).hasSize(2);
    }

    @Test
    void anUnexpectedFailureIsFatal() {
        append(1);
        persistence.fail(new IllegalArgumentException("a gap"));
        loop.run();

        assertThat(fatal).hasSize(1);
    }

    @Test
    void aCommitIsSaidOnlyOfRecordsThatAreDurableHere() {
        append(2);
        append(1);
        writer.committed(2, () -> state("two"));
        writer.committed(3, () -> state("three"));
        assertThat(persistence.calls).noneMatch(call -> call.startsWith("committed"));

        persistence.succeed();
        loop.run();
        assertThat(persistence.calls).last().isEqualTo("committed 2 two");

        succeedAll();
        writer.committed(3, () -> state("three"));
        assertThat(persistence.calls).last().isEqualTo("committed 3 three");
    }

    private void append(int count) {
        List<io.kvgrid.spi.persistence.LogRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(log.put("k", "v"));
        }
        writer.append(records);
    }

    private void succeedAll() {
        while (persistence.underWay() > 0) {
            persistence.succeed();
        }
        loop.run();
    }

    private static ByteBuffer state(String text) {
        return ByteBuffer.wrap(TestLog.bytes(text));
    }
}
