package io.kvgrid.chaos;

import io.kvgrid.chaos.history.Gap;
import io.kvgrid.chaos.history.Recorder;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * For how long at a time no write was acknowledged while a fault lasted, up to the first one after it, beside the Arbiter's
 * own gap in the same fault. Judged by {@link Topology#longestGap}, after stalls of this machine were taken off.
 */
final class Interruption {
    /** When nothing is waited for any longer. */
    static final Duration LIMIT = Duration.ofSeconds(15);

    private final Recorder recorder;
    private final StallMeter stalls;
    private final Topology topology;
    private final ArbiterProbe arbiter;
    private final long fromNanos;

    private Interruption(ChaosGrid grid, Recorder recorder, StallMeter stalls, Collection<String> left) {
        this.recorder = recorder;
        this.stalls = stalls;
        this.topology = grid.topology();
        recorder.acknowledgements().forget();
        this.fromNanos = System.nanoTime();
        this.arbiter = ArbiterProbe.start(grid, left);
    }

    /** The fault begins. Those in {@code left} can do without whom it hits; one of them is asked for the Arbiter at least. */
    static Interruption begin(ChaosGrid grid, Recorder recorder, StallMeter stalls, Collection<String> left) {
        return new Interruption(grid, recorder, stalls, left);
    }

    /** Whose answers of the Arbiter count. */
    enum Arbiters {
        /** All that are asked are on the same side: each of them may be the one that is waited for. */
        ALL,
        /** One of those that are asked can go on, and it is not known which. */
        ONE
    }

    /**
     * The lengths, raw and without stalls.
     *
     * @param boundNanos how long the writes may take without stalls
     */
    record Length(long rawNanos, long correctedNanos, long arbiterNanos, long boundNanos) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "no write for %d ms (%d without stalls; at most %d, the Arbiter's gap being %d)",
                    rawNanos / 1_000_000,
                    correctedNanos / 1_000_000,
                    boundNanos / 1_000_000,
                    arbiterNanos / 1_000_000);
        }
    }

    /** The fault has ended. Waits until writes go on, and judges all gaps; {@code more} is granted to writes besides. */
    Length end(String what, Arbiters whose, Duration more) throws InterruptedException {
        long endNanos = System.nanoTime();
        while (!recorder.acknowledgements().anyAfter(endNanos)) {
            if (System.nanoTime() - endNanos > LIMIT.toNanos()) {
                throw new ChaosFailure("no write was acknowledged for " + LIMIT.toSeconds() + " s after " + what);
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return judge(what, recorder.acknowledgements().gaps(fromNanos, endNanos), whose, more);
    }

    /** The same where the first acknowledgement after a kill has been waited for: only a write sent since then counts. */
    Length end(String what, Gap writes) throws InterruptedException {
        return judge(what, List.of(writes), Arbiters.ALL, Duration.ZERO);
    }

    private Length judge(String what, List<Gap> writes, Arbiters whose, Duration more) throws InterruptedException {
        arbiter.end(LIMIT);
        Gap own = whose == Arbiters.ALL ? arbiter.longest() : arbiter.shortest();
        Duration bound = topology.longestGap(Duration.ofNanos(own.nanos())).plus(more);
        Gap worst = writes.stream()
                .max(Comparator.comparing(stalls::correctedNanos))
                .orElseThrow();
        Length length = new Length(worst.nanos(), stalls.correctedNanos(worst), own.nanos(), bound.toNanos());
        if (stalls.correctedNanos(own) > topology.election().toNanos()) {
            recorder.violation(what + ": the Arbiter did not answer for " + own.nanos() / 1_000_000 + " ms; at most "
                    + topology.election().toMillis());
        }
        if (length.correctedNanos > length.boundNanos) {
            recorder.violation(what + ": " + length + " (P41)");
        }
        return length;
    }
}
