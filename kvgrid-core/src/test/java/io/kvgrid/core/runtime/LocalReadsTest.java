package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.core.replication.ReplicaSettings;
import io.kvgrid.core.replication.Tenure;
import io.kvgrid.core.replication.TestTenures;
import io.kvgrid.core.store.DirtyKeys;
import io.kvgrid.core.store.GridStore;
import io.kvgrid.core.store.KeyHash;
import io.kvgrid.core.store.StoreKey;
import io.kvgrid.core.store.StoredEntry;
import io.kvgrid.core.store.TestLog;
import io.kvgrid.spi.persistence.LogRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalReadsTest {
    private final TestLoop loop = new TestLoop();
    private final GridStore store = new GridStore(new KeyHash(1, 2));
    private final DirtyKeys dirty = new DirtyKeys(store);
    private final ClockWatch clocks = new ClockWatch(loop, ReplicaSettings.of(600_000_000, 1, true, true, false));
    private final LocalReads reads = new LocalReads(loop, clocks, store, dirty);
    private final TestLog log = new TestLog();
    private final StoreKey key = store.key(1, TestLog.bytes("k"));

    @Test
    void withoutATenureNothingIsAnswered() {
        assertThat(reads.read(key)).isNull();
    }

    @Test
    void aCleanKeyIsAnsweredWithinTheTenureOnly() {
        reads.publish(TestTenures.until(loop.nanoTime() + 1_000));
        assertThat(reads.read(key)).isSameAs(StoredEntry.ABSENT);

        store.apply(log.put("k", "1"));
        loop.advanceNanos(999);
        assertThat(reads.read(key)).isNotNull().extracting(StoredEntry::version).isEqualTo(1L);

        loop.advanceNanos(1);
        assertThat(reads.read(key)).isNull();
    }

    @Test
    void aDirtyKeyIsNotAnswered() {
        reads.publish(TestTenures.until(loop.nanoTime() + 1_000));
        LogRecord record = log.put("k", "1");
        dirty.mark(List.of(record));
        assertThat(reads.read(key)).isNull();

        store.apply(record);
        dirty.clear(1);

        assertThat(reads.read(key)).isNotNull();
    }

    /** P27: it is the same tenure that must be current at the end, not just any. */
    @Test
    void aTenureReplacedMeanwhileAnswersNothing() {
        Tenure first = TestTenures.until(loop.nanoTime() + 1_000_000);
        Tenure second = TestTenures.until(loop.nanoTime() + 1_000_000);
        LocalReads[] raced = new LocalReads[1];
        raced[0] = new LocalReads(asked(() -> raced[0].publish(second)), clocks, store, dirty);
        raced[0].publish(first);

        assertThat(raced[0].read(key)).isNull();
        assertThat(raced[0].read(key)).isNotNull(); // the second is current now, from start to end
    }

    /** P29. */
    @Test
    void aMachineThatWasSuspendedAnswersNothing() {
        reads.publish(TestTenures.until(loop.nanoTime() + 1_000_000_000));
        assertThat(reads.read(key)).isNotNull();

        loop.suspend(10_000_000_000L);

        assertThat(reads.read(key)).isNull();
        assertThat(reads.awaitedLsn(key)).isZero();
        assertThat(clocks.check()).isFalse();
        assertThat(reads.read(key)).as("the lease of before is still there").isNull();
        assertThat(reads.isLeased()).isFalse();

        reads.publish(null);
        clocks.restart();
        assertThat(clocks.check()).as("compared anew").isTrue();
        reads.publish(TestTenures.until(loop.nanoTime() + 1_000_000_000));
        assertThat(reads.read(key)).isNotNull();
    }

    /** P29: nothing may go unseen while the leases of before are withdrawn. */
    @Test
    void aSecondSuspensionWhileTheFirstIsDealtWithIsNoticed() {
        loop.suspend(10_000_000_000L);
        assertThat(clocks.check()).isFalse();
        loop.suspend(10_000_000_000L);

        clocks.restart();

        assertThat(clocks.agree()).isFalse();
        assertThat(clocks.check()).isFalse();
    }

    /** P29: a reader that came after the jump sees either a lease of before, or clocks that agree again, never both. */
    @Test
    void aReaderWhoseLeaseIsWithdrawnBetweenItsChecksAnswersNothing() {
        Tenure before = TestTenures.until(loop.nanoTime() + 1_000_000_000);
        LocalReads[] raced = new LocalReads[1];
        Loop withdrawing = asked(() -> {
            raced[0].publish(null);
            clocks.restart();
        });
        raced[0] = new LocalReads(withdrawing, clocks, store, dirty);
        raced[0].publish(before);
        loop.suspend(10_000_000_000L);
        assertThat(clocks.check()).isFalse();

        assertThat(raced[0].read(key)).isNull();
    }

    @Test
    void aReadOfADirtyKeyAwaitsItsNewestWriteUnderALeaseOnly() {
        dirty.mark(List.of(log.put("k", "1"), log.put("k", "2"), log.put("other", "3")));
        assertThat(reads.awaitedLsn(key)).isZero();

        reads.publish(TestTenures.until(loop.nanoTime() + 1_000));
        assertThat(reads.awaitedLsn(key)).isEqualTo(2);
        dirty.clear(2);
        assertThat(reads.awaitedLsn(key)).isZero();
        dirty.mark(List.of(log.put("k", "4")));
        loop.advanceNanos(1_000);
        assertThat(reads.awaitedLsn(key)).isZero();
    }

    /** The loop, with something that happens just before it tells the time. */
    private Loop asked(Runnable before) {
        return new Loop() {
            @Override
            public void execute(Runnable task) {
                loop.execute(task);
            }

            @Override
            public Cancellable schedule(long delayNanos, Runnable task) {
                return loop.schedule(delayNanos, task);
            }

            @Override
            public long wallMillis() {
                return loop.wallMillis();
            }

            @Override
            public long nanoTime() {
                before.run();
                return loop.nanoTime();
            }
        };
    }
}
