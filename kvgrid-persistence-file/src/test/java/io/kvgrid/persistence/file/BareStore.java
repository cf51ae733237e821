package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecoveryReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A recovered store without threads of its own: what the log thread would do is done by the caller. For checks, of which
 * there are tens of thousands.
 */
final class BareStore implements AutoCloseable {
    final Recovered recovered = new Recovered();
    final Optional<ByteBuffer> metadata;
    final RecoveryReport report;

    private final FileStore store;

    private BareStore(SimDisk disk) throws IOException {
        store = new FileStore(
                disk,
                disk::nextSalt,
                Runnable::run,
                BareStore::refuse,
                LogClock.SYSTEM,
                SimStore.SEGMENT_BYTES,
                OptionalLong.empty(),
                BareStore::noScrub);
        metadata = store.open();
        report = store.recover(recovered);
    }

    private static void refuse(FilePersistence.Work work) {
        throw new AssertionError("nothing was committed, so nothing can be compacted: " + work);
    }

    private static Scrubber noScrub(StoreFiles files, Scrubber.Findings findings) {
        return new Scrubber(files, new Scrubber.Rate(0, Duration.ofDays(1)), Pauses.parked(), findings, "none");
    }

    static BareStore open(SimDisk disk) {
        try {
            return new BareStore(disk);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** On return the records are durable. */
    void append(List<LogRecord> records) {
        try {
            store.append(records);
            store.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            store.close(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
