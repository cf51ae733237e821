package io.kvgrid.examples;

import io.kvgrid.examples.demo.DemoFailedException;
import io.kvgrid.examples.demo.DemoGrid;
import io.kvgrid.examples.demo.DemoRun;
import io.kvgrid.examples.demo.UnicodeCharacter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Three processes form a grid and keep its promises: all Unicode characters are inserted through one node while the
 * others are read; a secondary is killed in the middle and catches up; the primary is killed, another node takes its place,
 * and it catches up as well; then all are killed and come back, and every copy is compared with the source.
 *
 * <p>The last line is {@code DEMO OK entries=<n> nodes=3 acknowledged=<n> lost=0 failovers=<n> max_write_gap_ms=<n>} and
 * the exit code 0, or {@code DEMO FAILED …} and 1.
 */
@Command(name = "demo.sh", description = "Three nodes, three kinds of death, no loss.")
public final class ThreeNodes implements Callable<Integer> {
    @Option(
            names = "--characters",
            defaultValue = "" + Integer.MAX_VALUE,
            description = "how many characters to insert; all there are unless set")
    private int limit;

    @Option(
            names = "--lose-one",
            description = "make one node lose an acknowledged entry at the end, to show that it is noticed")
    private boolean loseOne;

    public static void main(String[] args) {
        System.exit(new CommandLine(new ThreeNodes()).execute(args));
    }

    @Override
    public Integer call() {
        try {
            String result = run();
            System.out.println("DEMO OK " + result);
            return 0;
        } catch (Exception | Error e) { // whatever it is, the last line says so
            System.out.println("DEMO FAILED " + (e instanceof DemoFailedException ? e.getMessage() : e));
            return 1;
        }
    }

    private String run() throws Exception {
        int entries = (int) UnicodeCharacter.codePoints().limit(limit).count();
        try (DemoGrid grid = new DemoGrid()) {
            Thread closer = new Thread(grid::closeAtShutdown, "demo-close");
            Runtime.getRuntime().addShutdownHook(closer); // when the terminal says stop
            try {
                return new DemoRun(grid, entries, loseOne, System.out).run();
            } catch (Exception e) {
                grid.printLogs(System.err);
                throw e;
            } finally {
                Runtime.getRuntime().removeShutdownHook(closer);
            }
        }
    }
}
