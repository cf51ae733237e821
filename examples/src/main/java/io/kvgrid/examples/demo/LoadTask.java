package io.kvgrid.examples.demo;

import io.kvgrid.GridMap;
import io.kvgrid.examples.shell.BulkLoader;
import java.time.Duration;

/** Inserts a part of the source on a thread of its own. */
final class LoadTask {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final BulkLoader<UnicodeCharacter> loader;
    private final Thread thread;
    private volatile long startNanos;
    private volatile long nanos;

    LoadTask(GridMap<String, UnicodeCharacter> map, int[] source, int from, int end, int outstanding) {
        loader = new BulkLoader<>(map, outstanding, PATIENCE);
        thread = new Thread(() -> run(source, from, end), "load");
        thread.setDaemon(true);
    }

    void start() {
        startNanos = System.nanoTime();
        thread.start();
    }

    private void run(int[] source, int from, int end) {
        try {
            for (int i = from; i < end; i++) {
                loader.add(UnicodeCharacter.key(source[i]), UnicodeCharacter.of(source[i]));
            }
            loader.finish();
            nanos = System.nanoTime() - startNanos;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How far it is; {@code nanos=0} until it is done. */
    String status() {
        long took = nanos; // first: what is counted below is then complete
        BulkLoader.Progress now = loader.progress();
        return "load acknowledged=" + now.acknowledged() + " failed=" + now.failed() + " repeated=" + now.repeated()
                + " settled=" + now.settled() + " maxGapNanos=" + now.maxGapNanos() + " nanos=" + took;
    }
}
