package io.kvgrid.core.arbiter;

import io.kvgrid.core.wire.ConfigCodec;
import io.kvgrid.core.wire.MalformedMessageException;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.Persistence;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An Arbiter of one voter: the configuration is the metadata of a {@link Persistence} of its own. A change is the present
 * configuration once it is durable, not before. Thread-safe.
 *
 * <p>When the store fails, whether the last change is durable is unknown; from then on every call fails until the node is
 * started again and reads what is there (P4).
 */
public final class StoredArbiter implements Arbiter {
    private final Persistence store;
    private final List<Consumer<GridConfig>> watchers = new ArrayList<>();
    /** Calls that wait for the change under way. */
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    private @Nullable GridConfig current;
    private boolean saving;
    private @Nullable Throwable failure;

    private StoredArbiter(Persistence store, @Nullable GridConfig current) {
        this.store = store;
        this.current = current;
    }

    /**
     * Opens {@code store}, which belongs to this Arbiter from now on, and reads the configuration. Blocks.
     *
     * @throws io.kvgrid.spi.persistence.PersistenceException if the store is in use, damaged, or cannot be read
     */
    public static StoredArbiter open(Persistence store) {
        try {
            return new StoredArbiter(
                    store, store.open().map(StoredArbiter::decode).orElse(null));
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static GridConfig decode(java.nio.ByteBuffer bytes) {
        try {
            return ConfigCodec.decode(bytes);
        } catch (MalformedMessageException e) {
            throw new CorruptLogException("the Arbiter's configuration cannot be read", e);
        }
    }

    @Override
    public CompletionStage<Optional<GridConfig>> read() {
        CompletableFuture<Optional<GridConfig>> answer = new CompletableFuture<>();
        // a read waits for the change under way: a change that was seen must not be lost again
        inTurn(() -> {
            Throwable why = failure;
            if (why != null) {
                answer.completeExceptionally(unavailable(why));
            } else {
                answer.complete(Optional.ofNullable(current));
            }
        });
        return answer;
    }

    @Override
    public CompletionStage<CasResult> compareAndSet(long expectedCv, GridConfig proposal) {
        CompletableFuture<CasResult> answer = new CompletableFuture<>();
        inTurn(() -> change(expectedCv, proposal, answer));
        return answer;
    }

    private synchronized void inTurn(Runnable call) {
        if (saving) {
            waiting.add(call);
        } else {
            call.run();
        }
    }

    /** Holds the lock. */
    private void change(long expectedCv, GridConfig proposal, CompletableFuture<CasResult> answer) {
        GridConfig present = current;
        Throwable why = failure;
        if (why != null) {
            answer.completeExceptionally(unavailable(why));
            return;
        }
        if (present != null && present.equals(proposal)) {
            answer.complete(new CasResult.Applied(present)); // the same proposal again (P4)
            return;
        }
        long cv = present == null ? 0 : present.cv();
        Optional<String> refusal = cv == expectedCv
                ? GridConfig.transition(present, proposal)
                : Optional.of("cv is " + cv + ", expected was " + expectedCv + " (P1)");
        if (refusal.isPresent()) {
            answer.complete(new CasResult.Refused(refusal.get(), Optional.ofNullable(present)));
            return;
        }
        saving = true;
        var unused = store.saveMetadata(ConfigCodec.encode(proposal))
                .whenComplete((nothing, thrown) -> saved(proposal, thrown, answer));
    }

    private void saved(GridConfig proposal, @Nullable Throwable thrown, CompletableFuture<CasResult> answer) {
        List<Consumer<GridConfig>> told;
        synchronized (this) {
            saving = false;
            if (thrown == null) {
                current = proposal;
            } else {
                failure = thrown;
            }
            told = thrown == null ? List.copyOf(watchers) : List.of();
        }
        if (thrown == null) {
            answer.complete(new CasResult.Applied(proposal));
        } else {
            answer.completeExceptionally(unavailable(thrown));
        }
        told.forEach(watcher -> watcher.accept(proposal));
        runWaiting();
    }

    private synchronized void runWaiting() {
        while (!saving && !waiting.isEmpty()) {
            waiting.removeFirst().run();
        }
    }

    private static ArbiterUnavailableException unavailable(Throwable why) {
        return new ArbiterUnavailableException(
                "the Arbiter's store failed, so whether the last change is durable is unknown; start its node again",
                why);
    }

    @Override
    public synchronized void watch(Consumer<GridConfig> watcher) {
        watchers.add(watcher);
    }

    @Override
    public void close() {
        store.close();
    }
}
