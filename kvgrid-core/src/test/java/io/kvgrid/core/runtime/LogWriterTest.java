package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.NodeId;
import io.kvgrid.core.replication.Input;
import io.kvgrid.core.replication.ReplicaMeta;
import io.kvgrid.core.store.TestLog;
import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.PersistenceException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LogWriterTest {
    private static final ReplicaMeta META =
            new ReplicaMeta("g", new NodeId("a"), new UUID(1, 2), 1, List.of(new UUID(3, 4)), Optional.empty(), false);

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
        writer.save(META);
        writer.truncateAfter(2);

        assertThat(persistence.calls).containsExactly("append [1, 2]", "append [3]", "metadata", "truncate 2");
        loop.run();
        assertThat(inputs).isEmpty(); // nothing is durable before its stage completes

        succeedAll();
        assertThat(inputs)
                .containsExactly(
                        new Input.LogFlushed(2),
                        new Input.LogFlushed(3),
                        new Input.MetadataSaved(META),
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

    /** P18: a damaged persistence takes another state, once it has been asked again what it refused. */
    @Test
    void afterDamageRefusedCallsAreRepeatedUntilEachHasAnAnswerThatNobodyHears() {
        List<String> told = new ArrayList<>();
        append(1);
        writer.truncateAfter(0);
        writer.save(META);
        CorruptLogException damage = new CorruptLogException("a file");
        persistence.failRetryably();
        persistence.fail(damage);
        persistence.failRetryably();
        loop.run();
        assertThat(fatal).containsExactly(damage);
        queue.end();
        queue.whenDrained(() -> told.add("drained"));
        append(1); // of a run that has ended

        loop.advanceMillis(100);
        persistence.fail(damage);
        persistence.fail(damage);
        persistence.failRetryably();
        loop.advanceMillis(100);
        assertThat(told).isEmpty();
        assertThat(queue.stalledNanos()).isZero();
        succeedAll();

        assertThat(persistence.calls)
                .containsExactly(
                        "append [1]", "truncate 0", "metadata", "append [1]", "truncate 0", "metadata", "metadata");
        assertThat(told).containsExactly("drained");
        assertThat(inputs).isEmpty();
        assertThat(fatal).hasSize(1);
    }

    /** S2 counts for what was called before the end, too. */
    @Test
    void aPersistenceThatDiesWhileItIsDrainedIsAskedNothingMore() {
        List<String> told = new ArrayList<>();
        append(1);
        append(1);
        queue.end();
        queue.whenDrained(() -> told.add("drained"));

        persistence.failRetryably();
        persistence.fail(PersistenceException.fatal("broken", null));
        loop.advanceMillis(1_000);

        assertThat(persistence.calls).hasSize(2);
        assertThat(told).containsExactly("drained");
        assertThat(fatal).isEmpty();
    }

    @Test
    void aQueueWithoutCallsIsDrainedAtOnce() {
        List<String> told = new ArrayList<>();
        queue.end();
        queue.whenDrained(() -> told.add("drained"));

        assertThat(told).containsExactly("drained");
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
