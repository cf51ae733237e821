package io.kvgrid.core.sim;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Many seeds on several threads. A seed runs on one thread from its first event to its last, so that how many threads
 * there are changes nothing but the time it takes.
 */
public final class Campaign {
    private static final long SECOND = 1_000_000_000L;

    private final ConcurrentSkipListMap<Long, SimReport> reports = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<Long, Throwable> failures = new ConcurrentSkipListMap<>();
    private final long startedNanos = System.nanoTime();
    /** What the process took of the processors meanwhile, its compiler and its collector included. */
    private long cpuNanos = -processorNanos();

    private Campaign() {}

    /** Runs {@code seeds}, goes on after failures, and returns when all are through. */
    static Campaign run(Collection<Long> seeds) {
        Campaign campaign = new Campaign();
        campaign.runAll(seeds.iterator(), false);
        return campaign;
    }

    /** Seeds that found a bug at some time; they run in every build. */
    static List<Long> onceFailed() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(Campaign.class.getResourceAsStream("failed-seeds.txt")),
                StandardCharsets.UTF_8))) {
            return lines.lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .map(line -> Long.valueOf(line.substring(0, line.indexOf(' '))))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void runAll(Iterator<Long> seeds, boolean tells) {
        ConcurrentLinkedQueue<Throwable> broken = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        int count =
                Integer.getInteger("kvgrid.sim.threads", Runtime.getRuntime().availableProcessors());
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(() -> work(seeds, tells), "simulation-" + i);
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
        cpuNanos += processorNanos();
        if (!broken.isEmpty()) {
            throw new IllegalStateException("a thread of the campaign died", broken.peek());
        }
    }

    private void work(Iterator<Long> seeds, boolean tells) {
        for (Long seed = next(seeds); seed != null; seed = next(seeds)) {
            try {
                reports.put(seed, Simulation.run(seed));
            } catch (InvariantViolation e) {
                failures.put(seed, e);
                if (tells) {
                    System.out.println(e.getMessage() + "\n");
                }
            }
            if (tells && seed % 1000 == 0) {
                System.out.println("at seed " + seed + ", " + failures.size() + " failed");
            }
        }
    }

    private static long processorNanos() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(Duration::toNanos)
                .orElse(0L);
    }

    private static @Nullable Long next(Iterator<Long> seeds) {
        synchronized (seeds) {
            return seeds.hasNext() ? seeds.next() : null;
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

    /** How often nodes have compared their state with their primary's, over all runs (P38). */
    long comparedDigests() {
        return reports.values().stream().mapToLong(SimReport::comparedDigests).sum();
    }

    /** How much virtual time passes in a second of one core. */
    long simulatedSecondsPerCpuSecond() {
        return simulatedNanos() / Math.max(1, cpuNanos);
    }

    private long simulatedNanos() {
        return reports.values().stream().mapToLong(SimReport::simulatedNanos).sum();
    }

    /** Figures to be read by people: what was run, how fast, and how often each fault took effect. */
    String summary() {
        long realNanos = System.nanoTime() - startedNanos;
        long operations =
                reports.values().stream().mapToLong(SimReport::operations).sum();
        long acknowledged =
                reports.values().stream().mapToLong(SimReport::acknowledged).sum();
        long unknown = reports.values().stream().mapToLong(SimReport::unknown).sum();
        long events = reports.values().stream().mapToLong(SimReport::events).sum();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%d seeds clean, %d failed; %d simulated s in %d s (%d per s of one core); %d operations, %d writes"
                        + " acknowledged, %d unknown; %d records read back for returning nodes; %d digests compared; %d traced events",
                reports.size(),
                failures.size(),
                simulatedNanos() / SECOND,
                realNanos / SECOND,
                simulatedSecondsPerCpuSecond(),
                operations,
                acknowledged,
                unknown,
                readRecords(),
                comparedDigests(),
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
        Campaign campaign = new Campaign();
        campaign.runAll(LongStream.rangeClosed(first, last).iterator(), true);
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
