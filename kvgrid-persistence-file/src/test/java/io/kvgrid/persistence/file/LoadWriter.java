package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** A store and one who writes to it, group after group, each as soon as the one before is durable. */
final class LoadWriter {
    static final int GROUP = 256;

    final FilePersistence store;
    final Map<Integer, Long> versions = new HashMap<>();
    final List<Long> nanos = new ArrayList<>();
    long mostUsed;

    private final Path target;
    private final int keys;
    private final boolean compacting;
    private final Queue<CompletableFuture<Void>> background = new ConcurrentLinkedQueue<>();
    private final Random random = new Random(5);
    private RecordId last = RecordId.NONE;

    /** @param keys how many there are */
    LoadWriter(Path target, int keys, boolean compacting, int segmentBytes) {
        this.target = target;
        this.keys = keys;
        this.compacting = compacting;
        this.store = FilePersistence.builder(target)
                .segmentBytes(segmentBytes)
                .background(this::inBackground)
                .build();
        store.open();
        SimStore.get(store.recover(new Recovered()));
    }

    private void inBackground(Runnable task) {
        background.add(CompletableFuture.runAsync(task, work -> new Thread(work).start()));
    }

    void awaitBackground() {
        CompletableFuture<Void> task = background.poll();
        while (task != null) {
            task.join();
            task = background.poll();
        }
    }

    void forgetFigures() {
        nanos.clear();
        mostUsed = 0;
    }

    /** Writes so many records, for the keys from {@code first} on and then for any of them. */
    void write(int first, int count) throws IOException {
        for (int written = first; written < first + count; written += GROUP) {
            List<LogRecord> group = group(written);
            long start = System.nanoTime();
            SimStore.get(store.append(group));
            nanos.add(System.nanoTime() - start);
            if (compacting) {
                commit();
                mostUsed = Math.max(mostUsed, used());
            }
        }
    }

    /** All that was written is known to be committed. */
    void commit() {
        store.committed(last.lsn(), () -> ByteBuffer.allocate(8));
    }

    private List<LogRecord> group(int written) {
        List<LogRecord> group = new ArrayList<>();
        for (int i = written; i < written + GROUP; i++) {
            int number = i < keys ? i : random.nextInt(keys);
            ByteBuffer key = ByteBuffer.allocate(16).putInt(0, number);
            byte[] value = new byte[100];
            Arrays.fill(value, (byte) i);
            LogRecord record =
                    RecordFormat.body(RecordKind.PUT, 1, key.array(), value).seal(last, 1, 1, 0);
            last = record.id();
            versions.put(number, last.lsn());
            group.add(record);
        }
        return group;
    }

    private long used() throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.mapToLong(LoadWriter::size).sum();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** In microseconds. */
    long percentile(int percent) {
        return percentile(nanos, percent);
    }

    /** In microseconds. */
    static long percentile(List<Long> nanos, int percent) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return sorted.get(sorted.size() * percent / 100) / 1_000;
    }
}
