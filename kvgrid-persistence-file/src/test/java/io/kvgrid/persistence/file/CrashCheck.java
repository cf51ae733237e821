package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.persistence.file.Script.State;
import io.kvgrid.spi.persistence.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ends runs at their {@link Cut}s and requires that what is left is allowed and can be used. Counts. Thread-safe.
 */
final class CrashCheck {
    /** So many draws in a row that bring no new state end the search at a cut. */
    private static final int PATIENCE = 8;

    private final int maxDraws;
    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicInteger drawn = new AtomicInteger();
    private final AtomicInteger states = new AtomicInteger();
    private final Map<PowerLoss.Kind, AtomicInteger> losses = new ConcurrentSkipListMap<>();

    /** A promise, and what was found on the disk: the same pair need not be checked twice. */
    private record Checked(int promise, String content) {}

    /** @param maxDraws how many choices of what survives are tried at each cut, at most */
    CrashCheck(int maxDraws) {
        this.maxDraws = maxDraws;
    }

    int cuts() {
        return cuts.get();
    }

    int states() {
        return states.get();
    }

    Map<PowerLoss.Kind, AtomicInteger> losses() {
        return losses;
    }

    /** Cuts the power at all of {@code places}, which are of one run. */
    void cutPower(List<Cut> places, String where) {
        Set<Checked> seen = ConcurrentHashMap.newKeySet();
        places.parallelStream().forEach(cut -> cutPower(cut, seen, where));
    }

    private void cutPower(Cut cut, Set<Checked> seen, String where) {
        cuts.incrementAndGet();
        Random random = new Random(cut.call());
        int vain = 0;
        for (int draw = 1; draw <= maxDraws && vain < PATIENCE; draw++) {
            SimDisk left = cut.disk().afterPowerCut(random);
            drawn.incrementAndGet();
            left.losses().forEach(this::count);
            if (seen.add(new Checked(System.identityHashCode(cut.promise()), left.fingerprint()))) {
                vain = 0;
                require(cut.promise(), left, "power cut " + where + " at call " + cut.call() + ", draw " + draw);
            } else {
                vain++;
            }
        }
    }

    private void count(PowerLoss.Kind kind) {
        losses.computeIfAbsent(kind, k -> new AtomicInteger()).incrementAndGet();
    }

    /** Kills the process there: nothing is lost, nothing is forced. */
    void kill(Cut cut) {
        cuts.incrementAndGet();
        require(cut.promise(), cut.disk().copy(), "kill at call " + cut.call());
    }

    /** What is left is an allowed state, and can be appended to; both survive the next power cut. */
    void require(Script.Promise promise, SimDisk left, String when) {
        states.incrementAndGet();
        try {
            BareStore store = BareStore.open(left);
            State found = State.of(store.recovered, store.metadata);
            promise.require(found, when);
            Chain chain = new Chain(found.last());
            chain.rewind(found.last());
            List<LogRecord> added = chain.puts(2, 50);
            store.append(added);

            List<LogRecord> expected = new ArrayList<>(found.records());
            expected.addAll(added);
            BareStore again = BareStore.open(left.afterPowerCut(new Random(1)));
            assertThat(again.recovered.base).as(when).isEqualTo(found.base());
            assertThat(again.recovered.records).as(when).isEqualTo(expected);
            assertThat(again.metadata).as(when).isEqualTo(found.metadata());
        } catch (RuntimeException e) {
            throw new AssertionError(when, e);
        }
    }

    @Override
    public String toString() {
        return "power cuts at " + cuts + " places: " + drawn + " crash states drawn, " + states
                + " different ones checked; lost " + losses;
    }
}
