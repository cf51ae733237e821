package io.kvgrid.core.sim;

import io.kvgrid.NodeId;
import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogReads;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import io.kvgrid.spi.persistence.StoreInUseException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A {@link SimDisk} in the hands of one run of its node. */
final class SimPersistence implements Persistence {
    /** One in so many known commits also moves the base there, so that recoveries begin with a base. */
    private static final int COMMITS_PER_BASE = 40;

    private final SimDisk disk;
    private final SimProcess process;
    private final @Nullable LogReads reads;
    private boolean closed;
    private Consumer<CorruptLogException> onDamage = damage -> {};

    /** @param reads null if the log cannot be read back */
    SimPersistence(SimDisk disk, SimProcess process, @Nullable LogReads reads) {
        this.disk = disk;
        this.process = process;
        this.reads = reads;
    }

    /** Whose disk it is. */
    NodeId node() {
        return process.node();
    }

    @Override
    public Optional<ByteBuffer> open() {
        if (!disk.take(this)) {
            throw new StoreInUseException("the disk of " + process.node() + " is in use");
        }
        return disk.durable().metadata();
    }

    @Override
    public CompletionStage<RecoveryReport> recover(RecoveryHandler handler) {
        CompletableFuture<RecoveryReport> stage = new CompletableFuture<>();
        process.after(disk.recoveryNanos(), () -> {
            try {
                stage.complete(read(handler));
            } catch (RuntimeException e) {
                stage.completeExceptionally(e);
            }
        });
        return stage;
    }

    private RecoveryReport read(RecoveryHandler handler) {
        DiskContent content = disk.durable();
        if (content.isDamaged()) {
            throw SimDisk.damaged();
        }
        long entries = 0;
        if (!content.base().equals(RecordId.NONE)) {
            handler.base(content.base(), content.state());
            for (SnapshotEntry entry : content.entries()) {
                handler.entry(entry);
                entries++;
            }
        }
        // what is known to be committed may lag behind, and may come before its records
        long known = Math.max(
                content.base().lsn(), content.committedLsn() - disk.random().nextInt(4));
        boolean early = disk.random().nextBoolean();
        if (early) {
            handler.committed(known);
        }
        for (LogRecord record : content.records()) {
            handler.record(record);
        }
        if (!early) {
            handler.committed(known);
        }
        return new RecoveryReport(entries, content.records().size(), 1, 0, 0, "", 0, RecoveryReport.LastRun.UNKNOWN);
    }

    @Override
    public CompletionStage<Void> append(List<LogRecord> records) {
        check();
        return disk.change(new DiskContent.Append(List.copyOf(records)));
    }

    @Override
    public CompletionStage<Void> truncateAfter(long lsn) {
        check();
        return disk.change(new DiskContent.Truncate(lsn));
    }

    @Override
    public void committed(long lsn, Supplier<ByteBuffer> state) {
        check();
        if (disk.isFailed() || disk.seen().isDamaged()) {
            return; // nothing is taken before the failed call has been repeated
        }
        if (lsn > disk.seen().last().lsn()) {
            throw new IllegalArgumentException(
                    lsn + " cannot be committed, the log ends at " + disk.seen().last());
        }
        boolean compacts = disk.random().nextInt(COMMITS_PER_BASE) == 0;
        if (compacts) {
            disk.dropOld();
        }
        disk.hint(new DiskContent.Commit(lsn, compacts ? Optional.of(state.get()) : Optional.empty()));
    }

    @Override
    public CompletionStage<Void> saveMetadata(ByteBuffer metadata) {
        check();
        return disk.change(new DiskContent.SaveMetadata(metadata.duplicate()));
    }

    @Override
    public SnapshotInstallation installSnapshot() {
        check();
        return new Installation();
    }

    @Override
    public Optional<LogReads> logReads() {
        return Optional.ofNullable(reads);
    }

    @Override
    public void onDamage(Consumer<CorruptLogException> listener) {
        onDamage = listener;
    }

    /** Something that reads in the background has found damage. */
    void tellDamage() {
        process.after(0, () -> onDamage.accept(SimDisk.damaged()));
    }

    @Override
    public void close() {
        if (!closed && disk.isHeldBy(this)) {
            disk.close();
        }
        closed = true;
    }

    /** Ends a stage inside the run that waits for it. */
    void complete(CompletableFuture<Void> stage, @Nullable RuntimeException failure) {
        process.after(0, () -> {
            if (failure == null) {
                stage.complete(null);
            } else {
                stage.completeExceptionally(failure);
            }
        });
    }

    private void check() {
        if (closed || !disk.isHeldBy(this)) {
            throw new IllegalStateException("the store is closed");
        }
    }

    private final class Installation implements SnapshotInstallation {
        private final Map<DiskContent.Key, SnapshotEntry> entries = new LinkedHashMap<>();
        private DiskContent.@Nullable Install switching;

        @Override
        public CompletionStage<Void> add(List<SnapshotEntry> added) {
            check();
            for (SnapshotEntry entry : added) {
                DiskContent.Key key =
                        new DiskContent.Key(entry.mapId(), entry.key().duplicate());
                if (entry.value() == null) {
                    entries.remove(key);
                } else {
                    entries.put(key, entry);
                }
            }
            CompletableFuture<Void> stage = new CompletableFuture<>();
            process.after(disk.addNanos(), () -> stage.complete(null));
            return stage;
        }

        @Override
        public CompletionStage<Void> commit(RecordId label, ByteBuffer state) {
            check();
            switching = new DiskContent.Install(new LinkedHashMap<>(entries), label, state.duplicate());
            return disk.change(switching);
        }

        @Override
        public void abort() {
            entries.clear();
            if (switching != null) {
                disk.giveUp(switching);
            }
        }
    }
}
