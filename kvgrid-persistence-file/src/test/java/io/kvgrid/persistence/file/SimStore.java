package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecoveryReport;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A small store over a {@link SimDisk}: one run of it, whose disk calls depend on nothing but the calls made. */
final class SimStore implements AutoCloseable {
    static final int SEGMENT_BYTES = 4096;

    final FilePersistence persistence;
    Optional<ByteBuffer> metadata = Optional.empty();
    final Recovered recovered = new Recovered();

    RecoveryReport report = RecoveryReport.EMPTY;

    private SimStore(SimDisk disk, int segmentBytes) {
        persistence = FilePersistence.builder(Path.of("sim"))
                .segmentBytes(segmentBytes)
                .disk(disk)
                .salts(disk::nextSalt)
                .background(Runnable::run)
                .idle(Duration.ofDays(1))
                .scrub(0, Duration.ofDays(1))
                .build();
    }

    /** A store that was never opened. */
    static SimStore closed() {
        return new SimStore(new SimDisk(), SEGMENT_BYTES);
    }

    static SimStore open(SimDisk disk) {
        return open(disk, SEGMENT_BYTES);
    }

    static SimStore open(SimDisk disk, int segmentBytes) {
        SimStore store = new SimStore(disk, segmentBytes);
        store.metadata = store.persistence.open();
        try {
            store.report = get(store.persistence.recover(store.recovered));
        } catch (PersistenceException e) {
            store.close();
            throw e;
        }
        return store;
    }

    /** Opens a store and gives it to {@code use}; the failure that ended it, if one did. */
    static @Nullable PersistenceException run(SimDisk disk, int segmentBytes, Consumer<SimStore> use) {
        try (SimStore store = open(disk, segmentBytes)) {
            use.accept(store);
            return null;
        } catch (PersistenceException e) {
            return e;
        }
    }

    static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(PersistenceException.class);
            throw (PersistenceException) e.getCause();
        }
    }

    @Override
    public void close() {
        persistence.close();
    }
}
