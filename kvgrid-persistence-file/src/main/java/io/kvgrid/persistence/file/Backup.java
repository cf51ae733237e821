package io.kvgrid.persistence.file;

import io.kvgrid.persistence.file.StoreImage.OutdatedException;
import io.kvgrid.spi.persistence.CorruptLogException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies one {@link StoreImage} into an empty directory (S28). In bounded memory: a block of the snapshot, a group of the
 * log, and what is read at once. One thread, any; {@link #cancel} is for others.
 */
final class Backup {
    private static final Logger LOG = LoggerFactory.getLogger(Backup.class);

    private final Source source;
    private final Disk target;
    private final LongSupplier salts;
    private final long segmentBytes;
    private final ByteRate rate;
    private final Pauses pauses;

    /** Where images of the store come from. */
    interface Source {
        /**
         * An image of what is committed now.
         *
         * @param beforeRead called again and again while it is read; what that throws ends the reading
         */
        StoreImage take(IntConsumer beforeRead) throws IOException;
    }

    /** @param rate at which the store is read, and so the target written */
    Backup(Source source, Disk target, LongSupplier salts, long segmentBytes, ByteRate rate, Pauses pauses) {
        this.source = source;
        this.target = target;
        this.salts = salts;
        this.segmentBytes = segmentBytes;
        this.rate = rate;
        this.pauses = pauses;
    }

    /** The directory that it goes to. */
    String path() {
        return target.path("");
    }

    /** Has {@link #run} end soon with a {@link CancellationException}, unless it is about to succeed. */
    void cancel() {
        pauses.end();
    }

    /**
     * Makes the backup; durable on return. After an exception there is none, and what was written of it is removed, if
     * the target lets it.
     *
     * @throws IOException if the target fails, or is not empty
     * @throws CorruptLogException if the store is damaged
     */
    BackupReport run() throws IOException {
        long start = System.nanoTime();
        while (true) {
            try (StoreImage image = source.take(bytes -> pause(rate.nanos(bytes)));
                    StoreCopy copy = StoreCopy.in(target, salts, segmentBytes)) {
                return write(image, copy, start);
            } catch (OutdatedException e) {
                LOG.info("{}: the log was cut while it was copied; the backup begins anew", path(), e);
            }
        }
    }

    private BackupReport write(StoreImage image, StoreCopy copy, long startNanos)
            throws IOException, OutdatedException {
        try {
            copy.committed(image.lsn());
            image.read(copy);
            pause(0);
            copy.finish();
            long bytes = copy.bytes();
            copy.publish();
            Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
            return new BackupReport(Path.of(path()), copy.last(), copy.entries(), copy.records(), bytes, took);
        } catch (Throwable e) {
            copy.discard();
            throw e;
        }
    }

    private void pause(long nanos) {
        if (!pauses.pause(nanos)) {
            throw new CancellationException("the store that is backed up is being closed");
        }
    }
}
