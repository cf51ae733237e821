package io.kvgrid.chaos;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Reads that go on at one node while it is cut off. Its clients soon wait for writes that nobody acknowledges; what it may
 * answer by its lease meanwhile, and may not any more when the others go on without it (P13), is seen by readers only.
 */
final class Readers {
    private static final int REST_MILLIS = 5;

    private final GridNodeRun node;
    private final Operations operations;
    private final List<Thread> threads;

    private Readers(GridNodeRun node, List<String> keys, Operations operations) {
        this.node = node;
        this.operations = operations;
        threads = keys.stream()
                .map(key -> new Thread(() -> read(key), "reader-of-" + key))
                .toList();
    }

    /** One for each of {@code keys}, from now on. */
    static Readers start(GridNodeRun node, List<String> keys, Operations operations) {
        Readers readers = new Readers(node, keys, operations);
        for (Thread thread : readers.threads) {
            thread.setDaemon(true);
            thread.start();
        }
        return readers;
    }

    private void read(String key) {
        try {
            while (true) {
                operations.read(node, key);
                TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** They end. */
    void end() throws InterruptedException {
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
