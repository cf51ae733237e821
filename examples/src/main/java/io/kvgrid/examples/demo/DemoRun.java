package io.kvgrid.examples.demo;

import io.kvgrid.examples.shell.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** The story of {@link io.kvgrid.examples.ThreeNodes}, told once. */
public final class DemoRun {
    private static final int OUTSTANDING = 256;
    private static final int READS_AT_ONCE = 32;
    private static final int KEYS_NAMED = 5;
    private static final long POLL_MILLIS = 20;
    private static final long CATCH_UP_NANOS = 30_000_000_000L;

    private final DemoGrid grid;
    private final int entries;
    private final boolean loseOne;
    private final PrintStream out;
    private final ProgressBar bar;
    private final Set<String> readers = new TreeSet<>();
    private String loader = "";
    private String victim = "";
    private long acknowledged;
    private long failed;
    private long repeated;
    private long loadNanos;
    private long maxGapMillis;
    private long failovers;
    private long reads;

    /**
     * A run over the first {@code entries} characters.
     *
     * @param loseOne whether one node shall lose an entry before the copies are compared
     */
    public DemoRun(DemoGrid grid, int entries, boolean loseOne, PrintStream out) {
        this.grid = grid;
        this.entries = entries;
        this.loseOne = loseOne;
        this.out = out;
        this.bar = new ProgressBar(out, Terminal.isAttached(), entries);
    }

    /**
     * Runs it all.
     *
     * @return the figures of the last line
     * @throws DemoFailedException if anything was lost or wrong
     */
    public String run() throws IOException, InterruptedException {
        say("starting three processes on loopback, each with a vote in the Arbiter; data in " + grid.directory());
        grid.startAll();
        chooseParts();

        loadAndKill();
        grid.awaitAllInSync();

        say("killing all three processes, then starting them again");
        for (String id : DemoGrid.NODES) {
            grid.kill(id);
        }
        for (String id : DemoGrid.NODES) {
            grid.start(id);
        }
        for (String id : DemoGrid.NODES) {
            grid.awaitReady(id);
        }
        grid.awaitAllInSync();

        if (loseOne) {
            say("making node " + victim + " lose one entry");
            grid.fields(victim, "lose " + UnicodeCharacter.key('K'));
        }
        String result = compare();
        grid.exitAll();
        return result + String.format(Locale.ROOT, " failovers=%d max_write_gap_ms=%d", failovers, maxGapMillis);
    }

    /** Inserts go through a secondary that lives; the other one dies, and so does the primary. */
    private void chooseParts() throws InterruptedException {
        Fields view = grid.view(DemoGrid.NODES.get(0));
        String primary = view.text("primary");
        say("primary " + primary + ", in sync " + view.text("inSync"));
        List<String> secondaries =
                DemoGrid.NODES.stream().filter(id -> !id.equals(primary)).toList();
        loader = secondaries.get(0);
        victim = secondaries.get(1);
    }

    private void loadAndKill() throws IOException, InterruptedException {
        say("inserting " + entries + " Unicode characters through node " + loader + ", " + OUTSTANDING
                + " outstanding, while the others are read");
        readers.addAll(DemoGrid.NODES);
        readers.remove(loader);
        long epoch = grid.view(loader).number("epoch");
        loadAndKill(0, entries / 2, victim, "a secondary");
        loadAndKill(entries / 2, entries, grid.primary(loader), "the primary");
        failovers = grid.view(loader).number("epoch") - epoch;
        say(String.format(
                Locale.ROOT,
                "%d acknowledged in %.1f s, %d sent again with the same operation id; %d reads meanwhile, none stale",
                acknowledged,
                loadNanos / 1e9,
                repeated,
                reads));
        if (acknowledged != entries) {
            throw new DemoFailedException(figures() + ": " + failed + " inserts failed");
        }
    }

    /** Loads a part of the source; {@code dying} dies in the middle and returns. */
    private void loadAndKill(int from, int end, String dying, String what) throws IOException, InterruptedException {
        grid.fields(loader, "load " + from + " " + end + " " + OUTSTANDING);
        int count = end - from;
        awaitAcknowledged(count * 35L / 100);
        grid.kill(dying);
        readers.remove(dying);
        say("killed node " + dying + ", " + what + " (SIGKILL); inserts go on without it");

        awaitAcknowledged(count * 60L / 100);
        say("starting node " + dying + " again; it fetches what it missed");
        grid.start(dying);
        watchCatchUp(dying);
        readers.add(dying);

        Fields load = poll();
        while (!isOver(load)) {
            load = poll();
        }
        acknowledged += load.number("acknowledged");
        failed += load.number("failed");
        repeated += load.number("repeated");
        loadNanos += load.number("nanos");
        maxGapMillis = Math.max(maxGapMillis, load.number("maxGapNanos") / 1_000_000);
        say("primary is " + grid.primary(loader) + "; the longest time without an acknowledgement was "
                + load.number("maxGapNanos") / 1_000_000 + " ms");
    }

    private void awaitAcknowledged(long count) throws InterruptedException {
        Fields load = poll();
        while (load.number("acknowledged") < count) {
            if (isOver(load)) {
                throw new DemoFailedException("the load ended before it was disturbed: " + load.values());
            }
            load = poll();
        }
    }

    private void watchCatchUp(String id) throws InterruptedException {
        long start = System.nanoTime();
        String shown = "";
        while (!grid.view(loader).names("inSync").contains(id)) {
            Fields view = grid.view(id);
            if (!view.text("role").equals(shown)) {
                shown = view.text("role");
                say("node " + id + " is " + shown + ", applied " + view.number("applied"));
            }
            if (System.nanoTime() - start > CATCH_UP_NANOS) {
                throw new DemoFailedException("node " + id + " does not catch up: " + view.values());
            }
            poll();
        }
        say("node " + id + " is in sync again, applied " + grid.view(id).number("applied"));
    }

    private static boolean isOver(Fields load) {
        return load.number("nanos") > 0;
    }

    /** Looks how far the load is, shows it, and reads on the other nodes some of what is acknowledged. */
    private Fields poll() throws InterruptedException {
        Thread.sleep(POLL_MILLIS);
        Fields load = grid.fields(loader, "status");
        bar.show(acknowledged + load.number("acknowledged"));
        if (load.number("settled") > 0) {
            for (String id : readers) {
                Fields read = grid.fields(id, "read " + READS_AT_ONCE + " " + load.number("settled"));
                reads += read.number("n") - read.number("failed");
                if (read.number("wrong") > 0) {
                    throw new DemoFailedException("node " + id + " did not show what was acknowledged before");
                }
            }
        }
        return load;
    }

    /** Compares every node's copy with the source. */
    private String compare() throws InterruptedException {
        say("comparing all three copies with the source");
        Set<String> lost = new TreeSet<>();
        StringBuilder where = new StringBuilder();
        for (String id : DemoGrid.NODES) {
            Fields copy = grid.fieldsOfServing(id, "compare " + entries);
            Set<String> wrong = new TreeSet<>(copy.names("missing"));
            wrong.addAll(copy.names("different"));
            lost.addAll(wrong);
            long held = grid.view(id).number("entries");
            say("node " + id + " holds " + held + " entries, " + wrong.size() + " of them missing or different");
            if (!wrong.isEmpty() || held != entries) {
                where.append(" node ")
                        .append(id)
                        .append(" has ")
                        .append(held)
                        .append(" entries, wrong or missing are ");
                where.append(wrong.stream().limit(KEYS_NAMED).toList());
            }
        }
        String result = figures() + " lost=" + lost.size();
        if (!where.isEmpty()) {
            throw new DemoFailedException(result + where);
        }
        return result;
    }

    private String figures() {
        return "entries=" + entries + " nodes=" + DemoGrid.NODES.size() + " acknowledged=" + acknowledged;
    }

    private void say(String line) {
        bar.interrupt();
        out.println(line);
        out.flush();
    }
}
