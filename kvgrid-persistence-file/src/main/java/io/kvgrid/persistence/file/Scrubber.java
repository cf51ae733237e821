package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.CorruptLogException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the files that nothing else reads for a long time, again and again, so that damage shows while other nodes still
 * have what is lost (S23): pass after pass over all {@linkplain ColdFile cold files}, with a pause before each, at a
 * bounded rate. Has a thread of its own, which nobody interrupts (S17) and for which no other thread waits but at the end.
 *
 * <p>A file that is dropped or cut while it is read is no longer cold, and what was read of it says nothing.
 */
final class Scrubber implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);

    /**
     * How fast, and how often.
     *
     * @param bytesPerSecond at most; 0 for never
     * @param pause before each pass
     */
    record Rate(long bytesPerSecond, Duration pause) {
        boolean isOff() {
            return bytesPerSecond == 0;
        }

        ByteRate whileReading() {
            return new ByteRate(bytesPerSecond);
        }
    }

    /** Where what was found is judged, between the store's calls. */
    interface Findings {
        /** Any thread. */
        void found(ColdFile file, CorruptLogException damage);

        /** The thread ends for a reason that is no damage. Any thread. */
        void failed(Throwable cause);
    }

    private final StoreFiles files;
    private final Rate rate;
    private final Pauses pauses;
    private final Findings findings;
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private boolean started;

    Scrubber(StoreFiles files, Rate rate, Pauses pauses, Findings findings, String threadName) {
        this.files = files;
        this.rate = rate;
        this.pauses = pauses;
        this.findings = findings;
        this.thread = new Thread(this::run, threadName);
        this.thread.setDaemon(true);
    }

    /** Begins, with a pause. Once, on the log thread. */
    void start() {
        if (!rate.isOff()) {
            started = true;
            thread.start();
        }
    }

    private void run() {
        try {
            while (pauses.pause(rate.pause().toNanos())) {
                pass();
            }
        } catch (CancellationException e) {
            LOG.debug("the scrub has ended");
        } catch (Throwable e) { // P43: judged on the log thread
            findings.failed(e);
        } finally {
            ended.complete(null);
        }
    }

    private void pass() {
        ReadWindow window = new ReadWindow(this::keepToTheRate);
        Optional<ColdFile> next = ColdFile.after(files.manifest(), 0);
        while (next.isPresent()) {
            ColdFile file = next.get();
            prove(file, window);
            next = ColdFile.after(files.manifest(), file.id());
        }
        LOG.debug(
                "{}: {} bytes of cold files are as they were written",
                files.disk().path(""),
                window.bytesRead());
    }

    private void prove(ColdFile file, ReadWindow window) {
        try {
            file.prove(files.disk(), window);
        } catch (Damage damage) {
            found(file, damage.corrupt("a scrub read it, and the manifest says that it is durable"));
        } catch (IOException e) { // P18: what cannot be read is as good as lost
            found(
                    file,
                    new CorruptLogException(files.disk().path(file.name()) + " cannot be read by a scrub: " + e, e));
        }
    }

    private void found(ColdFile file, CorruptLogException damage) {
        if (file.isIn(files.manifest())) { // S13: otherwise it may be deleted or cut already
            findings.found(file, damage);
        }
    }

    private void keepToTheRate(int bytes) {
        if (!pauses.pause(rate.whileReading().nanos(bytes))) {
            throw new CancellationException("the store is closing");
        }
    }

    /** Ends it: at most one read of a file is waited for. */
    @Override
    public void close() {
        pauses.end();
        if (started) {
            ended.join(); // heeds no interrupt (S17)
        }
    }
}
