package io.kvgrid.chaos.node;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogReads;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A persistence on a disk that can be made slow: each append, truncation and saving of metadata then takes a while
 * longer, one after the other, and completes in call order as before. What it says to be durable is durable.
 */
final class SlowDisk implements Persistence {
    private final Persistence disk;
    private final ExecutorService queue = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "slow-disk");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicLong slowed = new AtomicLong();
    private volatile long delayNanos;

    SlowDisk(Persistence disk) {
        this.disk = disk;
    }

    /** From now on each call takes {@code delay} longer. Any thread. */
    void slowBy(Duration delay) {
        delayNanos = delay.toNanos();
    }

    /** How many calls have taken longer so far. */
    long slowed() {
        return slowed.get();
    }

    private <T> CompletionStage<T> slow(CompletionStage<T> call) {
        return call.whenCompleteAsync((result, failure) -> delay(), queue);
    }

    private void delay() {
        long delay = delayNanos;
        if (delay > 0) {
            slowed.incrementAndGet();
            long end = System.nanoTime() + delay;
            for (long left = delay; left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    @Override
    public CompletionStage<Void> append(List<LogRecord> records) {
        return slow(disk.append(records));
    }

    @Override
    public CompletionStage<Void> truncateAfter(long lsn) {
        return slow(disk.truncateAfter(lsn));
    }

    @Override
    public CompletionStage<Void> saveMetadata(ByteBuffer metadata) {
        return slow(disk.saveMetadata(metadata));
    }

    @Override
    public Optional<ByteBuffer> open() {
        return disk.open();
    }

    @Override
    public CompletionStage<RecoveryReport> recover(RecoveryHandler handler) {
        return disk.recover(handler);
    }

    @Override
    public void committed(long lsn, Supplier<ByteBuffer> state) {
        disk.committed(lsn, state);
    }

    @Override
    public SnapshotInstallation installSnapshot() {
        return disk.installSnapshot();
    }

    @Override
    public void onDamage(Consumer<CorruptLogException> listener) {
        disk.onDamage(listener);
    }

    @Override
    public Optional<LogReads> logReads() {
        return disk.logReads();
    }

    @Override
    public void close() {
        disk.close();
        queue.shutdown();
    }
}
