package io.kvgrid.examples.storage;

import io.kvgrid.persistence.file.FilePersistence;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.testkit.RecordChain;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that appends records without end and writes each LSN to standard output once it is acknowledged. The first
 * number is the LSN that it recovered. It lives until it is killed, or until its store fails: then it ends with
 * {@link #STORE_FAILED}, after it has seen that everything is refused from then on (S2).
 */
final class LogWriter {
    /** Exit code: the store has failed, and refuses everything. */
    static final int STORE_FAILED = 3;
    /** Exit code: the store has acknowledged a record although it had failed. */
    static final int ACKNOWLEDGED_AFTER_A_FAILURE = 4;

    private static final int OUTSTANDING = 64;

    private LogWriter() {}

    /**
     * Appends until it is killed or its store fails.
     *
     * @param args the store's directory, and how many bytes a segment has
     */
    public static void main(String[] args) throws InterruptedException, IOException {
        DataOutputStream acknowledged = new DataOutputStream(new FileOutputStream(FileDescriptor.out));
        System.setOut(System.err); // whatever logs to standard output must not mix with it
        FilePersistence store = FilePersistence.builder(Path.of(args[0]))
                .segmentBytes(Long.parseLong(args[1]))
                .build();
        store.open();
        LastRecord found = new LastRecord();
        store.recover(found).toCompletableFuture().join();
        RecordId last = found.id();
        acknowledged.writeLong(last.lsn());
        acknowledged.flush();

        RecordChain chain = new RecordChain(last);
        Semaphore window = new Semaphore(OUTSTANDING);
        AtomicInteger failures = new AtomicInteger();
        while (failures.get() < 2 * OUTSTANDING) {
            window.acquire();
            List<LogRecord> records = chain.puts(1);
            long lsn = records.get(0).lsn();
            store.append(records).whenComplete((done, failure) -> {
                if (failure != null) {
                    failures.incrementAndGet();
                } else if (failures.get() > 0) {
                    Runtime.getRuntime().halt(ACKNOWLEDGED_AFTER_A_FAILURE);
                } else {
                    write(acknowledged, lsn);
                }
                window.release();
            });
            store.committed(Math.max(0, lsn - OUTSTANDING), () -> ByteBuffer.allocate(0));
        }
        Runtime.getRuntime().halt(STORE_FAILED);
    }

    private static synchronized void write(DataOutputStream out, long lsn) {
        try {
            out.writeLong(lsn);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
