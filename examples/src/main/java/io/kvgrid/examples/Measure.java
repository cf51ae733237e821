package io.kvgrid.examples;

import io.kvgrid.examples.demo.BareDisk;
import io.kvgrid.examples.demo.DemoGrid;
import io.kvgrid.examples.demo.UnicodeCharacter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * Inserts per second into three processes with file persistence, beside what the bare disk takes, in one run. A first
 * plain measurement, not a benchmark: one run, one machine for all three nodes, no percentiles.
 */
public final class Measure {
    private static final int WARM_UP = 30_000;
    private static final int ONE_BY_ONE = 5_000;
    private static final long PREALLOCATED = 64 << 20;
    private static final Duration BARE = Duration.ofSeconds(3);

    private Measure() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        int entries = (int) UnicodeCharacter.codePoints().count();
        int recordBytes = UnicodeCharacter.averageRecordBytes();
        try (DemoGrid grid = new DemoGrid()) {
            System.out.printf(Locale.ROOT, "%s, records of %d bytes%n", machine(grid.directory()), recordBytes);
            System.out.printf("%n%-56s %12s%n", "", "per second");
            print("append to a growing file and force, 1 record each", bare(grid, recordBytes, 1, 0));
            print("append to a growing file and force, 256 each", bare(grid, recordBytes, 256, 0));
            print("write into a preallocated file and force, 1 each", bare(grid, recordBytes, 1, PREALLOCATED));
            print("write into a preallocated file and force, 256 each", bare(grid, recordBytes, 256, PREALLOCATED));

            grid.startAll();
            String primary = grid.primary(DemoGrid.NODES.get(0));
            grid.load(primary, 0, WARM_UP, 256);
            print("insert, three processes, 1 outstanding", grid.load(primary, WARM_UP, WARM_UP + ONE_BY_ONE, 1));
            print("insert, three processes, 256 outstanding", grid.load(primary, WARM_UP + ONE_BY_ONE, entries, 256));
            grid.exitAll();
        }
    }

    private static double bare(DemoGrid grid, int recordBytes, int recordsPerForce, long preallocated)
            throws IOException {
        return BareDisk.recordsPerSecond(grid.directory(), recordBytes, recordsPerForce, preallocated, BARE);
    }

    private static void print(String what, double perSecond) {
        System.out.printf(Locale.ROOT, "%-56s %,12.0f%n", what, perSecond);
        System.out.flush();
    }

    private static String machine(Path directory) throws IOException {
        return System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors()
                + " processors, Java " + Runtime.version() + ", "
                + Files.getFileStore(directory).type();
    }
}
