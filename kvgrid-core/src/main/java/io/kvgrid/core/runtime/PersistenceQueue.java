package io.kvgrid.core.runtime;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.PersistenceException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls to the persistence that have not succeeded yet, in order. After a retryable failure it waits until all calls
 * under way have ended, then repeats them from the first that failed, with the same bytes, every {@link #RETRY_NANOS};
 * nothing counts as durable until a call succeeds. After any other failure it makes no call any more (S2), except that
 * damage leaves a persistence that can be given another state: it takes calls of the next queue once all of this one have an
 * answer, so those that failed retryably are still repeated. Used by the loop only.
 */
final class PersistenceQueue {
    static final long RETRY_NANOS = 100_000_000;
    private static final Logger log = LoggerFactory.getLogger(PersistenceQueue.class);

    /** One call with a stage. */
    abstract static class Call {
        private boolean ended;
        private @Nullable Throwable failure;

        /** Makes the call, possibly again. */
        abstract CompletionStage<Void> make();

        /** It has succeeded, and so have all before. */
        abstract void succeeded();

        /** One call in the place of this one and the next, for a repetition; null if that cannot be. */
        @Nullable
        Call mergedWith(Call next) {
            return null;
        }
    }

    private final Loop loop;
    private final Consumer<Throwable> onFatal;
    private final Deque<Call> calls = new ArrayDeque<>();
    private int underWay;
    private boolean failing;
    private boolean warned;
    /** Nobody hears of any call any more. */
    private boolean over;
    /** No call is made any more. */
    private boolean dead;

    private long quietSinceNanos;
    private Runnable onDrained = () -> {};

    /** @param onFatal called once, with what makes the persistence unusable */
    PersistenceQueue(Loop loop, Consumer<Throwable> onFatal) {
        this.loop = loop;
        this.onFatal = onFatal;
        this.quietSinceNanos = loop.nanoTime();
    }

    /** Makes {@code call} now, or after those that have to be repeated first. */
    void submit(Call call) {
        if (over) {
            return;
        }
        if (calls.isEmpty()) {
            quietSinceNanos = loop.nanoTime();
        }
        calls.addLast(call);
        if (!failing) {
            start(call);
        }
    }

    /** Takes no call any more, and tells of none; those that were made are repeated until each has an answer (P18). */
    void end() {
        over = true;
    }

    /** Calls {@code drained} once the persistence has answered every call, or has died. Only after {@link #end}. */
    void whenDrained(Runnable drained) {
        onDrained = drained;
        tellIfDrained();
    }

    /** Whether calls wait to be repeated: until they have been, the persistence takes nothing in. */
    boolean isFailing() {
        return failing || over;
    }

    /** For how long a call has been waiting without any having succeeded; 0 if none waits that anybody hears of. */
    long stalledNanos() {
        return over || calls.isEmpty() ? 0 : loop.nanoTime() - quietSinceNanos;
    }

    private void start(Call call) {
        underWay++;
        call.ended = false;
        call.failure = null;
        CompletionStage<Void> stage;
        try {
            stage = call.make();
        } catch (RuntimeException e) { // an implementation that throws instead of failing its stage
            loop.execute(() -> ended(call, e));
            return;
        }
        stage.whenComplete((done, failure) -> loop.execute(() -> ended(call, failure)));
    }

    private void ended(Call call, @Nullable Throwable failure) {
        if (dead) {
            return;
        }
        underWay--;
        call.ended = true;
        call.failure = failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure;
        Throwable fatal = call.failure != null && !isRetryable(call.failure) ? call.failure : null;
        boolean unheard = over;
        if (fatal != null) {
            over = true;
            dead = !(fatal instanceof CorruptLogException);
        }
        popAnswered();
        if (call.failure != null && fatal == null && !failing) {
            failing = true;
            if (!warned) {
                warned = true;
                log.warn("the persistence failed; it says that repeating helps, so this node does", call.failure);
            }
        }
        if (failing && underWay == 0 && !calls.isEmpty()) {
            loop.schedule(RETRY_NANOS, this::repeat);
        }
        if (fatal != null && !unheard) {
            onFatal.accept(fatal);
        }
        tellIfDrained();
    }

    /** Removes the calls at the front that have an answer: they have succeeded, or nobody hears of them. */
    private void popAnswered() {
        if (dead) {
            calls.clear();
        }
        Call first = calls.peekFirst();
        while (first != null && first.ended && (first.failure == null || (over && !isRetryable(first.failure)))) {
            calls.removeFirst();
            if (!over) {
                quietSinceNanos = loop.nanoTime();
                warned = false;
                first.succeeded();
            }
            first = calls.peekFirst();
        }
    }

    private void tellIfDrained() {
        if (over && calls.isEmpty()) {
            Runnable drained = onDrained;
            onDrained = () -> {};
            drained.run();
        }
    }

    private void repeat() {
        failing = false;
        List<Call> again = new ArrayList<>();
        for (Call call : calls) {
            Call last = again.isEmpty() ? null : again.get(again.size() - 1);
            Call merged = last == null ? null : last.mergedWith(call);
            if (merged == null) {
                again.add(call);
            } else {
                again.set(again.size() - 1, merged);
            }
        }
        calls.clear();
        calls.addAll(again);
        again.forEach(this::start);
    }

    private static boolean isRetryable(Throwable failure) {
        return failure instanceof PersistenceException e && e.isRetryable();
    }
}
