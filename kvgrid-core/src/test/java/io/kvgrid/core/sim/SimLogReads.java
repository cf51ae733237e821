package io.kvgrid.core.sim;

import io.kvgrid.spi.persistence.LogRange;
import io.kvgrid.spi.persistence.LogReads;
import io.kvgrid.spi.persistence.PersistenceException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads of a {@link SimDisk}'s log by one run of its node. */
final class SimLogReads implements LogReads {
    private static final long READ_NANOS = 300_000;

    private final SimDisk disk;
    private final SimProcess process;
    private final Faults faults;

    SimLogReads(SimDisk disk, SimProcess process, Faults faults) {
        this.disk = disk;
        this.process = process;
        this.faults = faults;
    }

    @Override
    public CompletionStage<LogRange> read(long fromLsn, int maxBytes) {
        CompletableFuture<LogRange> stage = new CompletableFuture<>();
        boolean fails = faults.strikes(Fault.LOG_READ_FAILURE, 0.3);
        long nanos = READ_NANOS;
        if (faults.strikes(Fault.SLOW_LOG_READ, 0.5)) {
            nanos += (long) (1e9 * disk.random().nextDouble());
        }
        process.after(nanos, () -> {
            if (fails) {
                stage.completeExceptionally(
                        PersistenceException.retryable("simulated failure of a read", new IllegalStateException()));
            } else {
                stage.complete(disk.read(fromLsn, maxBytes));
            }
        });
        return stage;
    }

    @Override
    public void keepFrom(long lsn) {
        disk.keepFrom(lsn);
    }
}
