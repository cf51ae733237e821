package io.kvgrid.examples.demo;

import io.kvgrid.examples.shell.Terminal;
import java.io.IOException;
import java.io.PrintStream;
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
        say("starting three processes on loopback, data in " + grid.directory());
        grid.startAll();
        String victim = chooseVictim();

        long acknowledged = loadAndKill(victim);
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
        String result = compare(acknowledged);
        grid.exitAll();
        return result;
    }

    /** A secondary that does not host the Arbiter. */
    private String chooseVictim() throws InterruptedException {
        Fields view = grid.view(DemoGrid.HOST);
        String primary = view.text("primary");
        say("primary " + primary + ", in sync " + view.text("inSync") + ", Arbiter hosted by " + DemoGrid.HOST);
        return DemoGrid.NODES.stream()
                .filter(id -> !id.equals(primary) && !id.equals(DemoGrid.HOST))
                .findFirst()
                .orElseThrow();
    }

    private long loadAndKill(String victim) throws IOException, InterruptedException {
        say("inserting " + entries + " Unicode characters through node " + DemoGrid.HOST + ", " + OUTSTANDING
                + " outstanding, while the others are read");
        readers.addAll(DemoGrid.NODES);
        readers.remove(DemoGrid.HOST);
        grid.fields(DemoGrid.HOST, "load 0 " + entries + " " + OUTSTANDING);

        awaitAcknowledged(entries * 35L / 100);
        grid.kill(victim);
        readers.remove(victim);
        say("killed node " + victim + " (SIGKILL); inserts go on without it");

        awaitAcknowledged(entries * 60L / 100);
        say("starting node " + victim + " again; it fetches what it missed");
        grid.start(victim);
        watchCatchUp(victim);
        readers.add(victim);

        Fields load = poll();
        while (!isOver(load)) {
            load = poll();
        }
        long acknowledged = load.number("acknowledged");
        say(String.format(
                Locale.ROOT,
                "%d acknowledged in %.1f s, %d sent again with the same operation id; %d reads meanwhile, none stale",
                acknowledged,
                load.number("nanos") / 1e9,
                load.number("repeated"),
                reads));
        if (acknowledged != entries) {
            throw new DemoFailedException(figures(acknowledged) + ": " + load.number("failed") + " inserts failed");
        }
        return acknowledged;
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
        while (!grid.view(DemoGrid.HOST).names("inSync").contains(id)) {
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
        Fields load = grid.fields(DemoGrid.HOST, "status");
        bar.show(load.number("acknowledged"));
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
    private String compare(long acknowledged) throws InterruptedException {
        say("comparing all three copies with the source");
        Set<String> lost = new TreeSet<>();
        StringBuilder where = new StringBuilder();
        for (String id : DemoGrid.NODES) {
            Fields copy = grid.fields(id, "compare " + entries);
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
        String result = figures(acknowledged) + " lost=" + lost.size();
        if (!where.isEmpty()) {
            throw new DemoFailedException(result + where);
        }
        return result;
    }

    private String figures(long acknowledged) {
        return "entries=" + entries + " nodes=" + DemoGrid.NODES.size() + " acknowledged=" + acknowledged;
    }

    private void say(String line) {
        bar.interrupt();
        out.println(line);
        out.flush();
    }
}
