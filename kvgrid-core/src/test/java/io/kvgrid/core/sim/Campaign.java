package io.kvgrid.core.sim;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many seeds on several threads. A seed runs on one thread from its first event to its last, so that how many threads
 * there are changes nothing but the time it takes.
 */
public final class Campaign {
    private static final long SECOND = 1_000_000_000L;

    private final ConcurrentSkipListMap<Long, SimReport> reports = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<Long, Throwable> failures = new ConcurrentSkipListMap<>();
    private final long startedNanos = System.nanoTime();

    private Campaign() {}

    /** Runs the seeds from {@code first} to {@code last}, goes on after failures, and returns when all are through. */
    static Campaign run(long first, long last) {
        return run(first, last, false);
    }

    private static Campaign run(long first, long last, boolean tells) {
        Campaign campaign = new Campaign();
        campaign.runAll(first, last, tells);
        return campaign;
    }

    private void runAll(long first, long last, boolean tells) {
        AtomicLong next = new AtomicLong(first);
        ConcurrentLinkedQueue<Throwable> broken = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Thread thread = new Thread(() -> work(next, last, tells), "simulation-" + i);
            thread.setUncaughtExceptionHandler((t, e) -> broken.add(e));
            thread.start();
            threads.add(thread);
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        if (!broken.isEmpty()) {
            throw new IllegalStateException("a thread of the campaign died", broken.peek());
        }
    }

    private void work(AtomicLong next, long last, boolean tells) {
        for (long seed = next.getAndIncrement(); seed <= last; seed = next.getAndIncrement()) {
            try {
                reports.put(seed, Simulation.run(seed));
            } catch (InvariantViolation e) {
                failures.put(seed, e);
                if (tells) {
                    System.out.println(e.getMessage() + "\n");
                }
            }
            if (tells && seed % 100 == 0) {
                System.out.println("at seed " + seed + ", " + failures.size() + " failed");
            }
        }
    }

    /** What the runs that kept all rules did, by seed. */
    Map<Long, SimReport> reports() {
        return reports;
    }

    /** What the other runs broke, by seed. */
    Map<Long, Throwable> failures() {
        return failures;
    }

    /** How often each fault took effect, over all runs; 0 for one that never did. */
    Map<Fault, Long> faults() {
        Map<Fault, Long> sum = new EnumMap<>(Fault.class);
        for (Fault fault : Fault.values()) {
            sum.put(fault, 0L);
        }
        reports.values()
                .forEach(report -> report.faults().forEach((fault, count) -> sum.merge(fault, count, Long::sum)));
        return sum;
    }

    /** How many records primaries read back from disk for nodes that had missed them, over all runs. */
    long readRecords() {
        return reports.values().stream().mapToLong(SimReport::readRecords).sum();
    }

    /** Figures to be read by people: what was run, how fast, and how often each fault took effect. */
    String summary() {
        long realNanos = System.nanoTime() - startedNanos;
        long simulatedNanos =
                reports.values().stream().mapToLong(SimReport::simulatedNanos).sum();
        long operations =
                reports.values().stream().mapToLong(SimReport::operations).sum();
        long acknowledged =
                reports.values().stream().mapToLong(SimReport::acknowledged).sum();
        long unknown = reports.values().stream().mapToLong(SimReport::unknown).sum();
        long events = reports.values().stream().mapToLong(SimReport::events).sum();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%d seeds clean, %d failed; %d simulated s in %d s (%d simulated s per s); %d operations, %d writes"
                        + " acknowledged, %d unknown; %d records read back for returning nodes; %d traced events",
                reports.size(),
                failures.size(),
                simulatedNanos / SECOND,
                realNanos / SECOND,
                simulatedNanos / Math.max(1, realNanos),
                operations,
                acknowledged,
                unknown,
                readRecords(),
                events));
        faults().forEach(
                        (fault, count) -> text.append(String.format(Locale.ROOT, "%n  fault %-22s %9d", fault, count)));
        return text.toString();
    }

    /**
     * Runs seeds from the command line: {@code FIRST [LAST]}. Prints each failure as it is found and figures at the end;
     * the exit code is 1 if any seed failed.
     */
    public static void main(String[] arguments) {
        if (arguments.length < 1 || arguments.length > 2) {
            System.err.println("usage: Campaign FIRST [LAST]");
            System.exit(2);
        }
        long first = Long.parseLong(arguments[0]);
        long last = arguments.length == 1 ? first : Long.parseLong(arguments[1]);
        Campaign campaign = run(first, last, true);
        System.out.println(campaign.summary());
        campaign.reports().forEach((seed, report) -> {
            if (first == last) {
                System.out.printf(Locale.ROOT, "seed %d: trace hash %016x%n", seed, report.traceHash());
            }
        });
        if (!campaign.failures().isEmpty()) {
            System.out.println("FAILED seeds: " + campaign.failures().keySet());
            System.exit(1);
        }
    }
}
