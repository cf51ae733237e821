package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.PersistenceException;
import java.io.Closeable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has backups made, one at a time, beside the log thread, on threads of the library's own that nobody interrupts (S17).
 * Any thread.
 */
final class Backups implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);

    /** Makes one of this store, not begun. */
    interface BackupFactory {
        Backup into(Disk target, ByteRate rate, Pauses pauses);
    }

    private final BackupFactory backups;
    private final Executor background;
    private final Consumer<PersistenceException> onFailure;
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    private @Nullable Backup running;
    private boolean closed;

    /**
     * @param onFailure told of what ends the store, before the backup's future fails with it
     */
    Backups(BackupFactory backups, Executor background, Consumer<PersistenceException> onFailure) {
        this.backups = backups;
        this.background = background;
        this.onFailure = onFailure;
    }

    /**
     * Has one made.
     *
     * @throws IllegalStateException if another one is being made, or the store is closed
     */
    CompletableFuture<BackupReport> start(Disk target, ByteRate rate, Pauses pauses) {
        Backup backup = backups.into(target, rate, pauses);
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("the store is closed");
            }
            if (running != null) {
                throw new IllegalStateException("another backup is being made, in " + running.path());
            }
            running = backup;
        }
        CompletableFuture<BackupReport> result = new CompletableFuture<>();
        background.execute(() -> run(backup, result));
        return result;
    }

    private void run(Backup backup, CompletableFuture<BackupReport> result) {
        try {
            BackupReport report = backup.run();
            LOG.info("backed up: {}", report);
            end();
            result.complete(report);
        } catch (Throwable e) {
            LOG.warn("there is no backup in {}", backup.path(), e);
            judge(e);
            end();
            result.completeExceptionally(e);
        }
    }

    private void judge(Throwable failure) {
        if (failure instanceof CorruptLogException damage) {
            onFailure.accept(damage); // S7
        } else if (failure instanceof Error) {
            onFailure.accept(PersistenceException.fatal("a backup failed: " + failure, failure)); // P43
        }
    }

    private synchronized void end() {
        running = null;
        if (closed) {
            ended.complete(null);
        }
    }

    /** Ends the one that is being made, and waits for that; there are no others from then on. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (running == null) {
                return;
            }
            running.cancel();
        }
        ended.join(); // heeds no interrupt (S17)
    }
}
