package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.PersistenceException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code kvgrid-log}: looks at the files of a node that is stopped, or at a copy of them. Never writes into a directory
 * that it reads. Exits with 0, with 1 if it found damage or a difference, with 2 if it was used wrongly or could not do
 * its work. Shows no keys and values unless told to (X11).
 */
@Command(
        name = "kvgrid-log",
        description = "Looks at the files of a kvgrid node that is stopped, or at a copy of them.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class LogTool {
    private static final int DIFFERENT = 1;
    private static final int DAMAGED = 1;
    private static final int FAILED = 2;

    private final PrintWriter out;
    private final PrintWriter err;

    private LogTool(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.setProperty("slf4j.internal.verbosity", "ERROR"); // the tool brings no logger, and needs none
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, arguments));
    }

    /** Runs one command. Returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        int code = new CommandLine(new LogTool(out, err))
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((e, command, parsed) -> failed(e, err))
                .execute(arguments);
        out.flush();
        return code;
    }

    private static int failed(Exception e, PrintWriter err) throws Exception {
        if (e instanceof CorruptLogException) {
            err.println("DAMAGED " + e.getMessage());
            return DAMAGED;
        }
        if (e instanceof IOException || e instanceof PersistenceException) {
            err.println("kvgrid-log: " + e);
            return FAILED;
        }
        throw e;
    }

    @Command(description = "Reads everything and proves every byte of it.", mixinStandardHelpOptions = true)
    int verify(@Parameters(paramLabel = "DIR", description = "the node's directory") Path directory)
            throws IOException {
        StoreSummary.verify(open(directory), out);
        out.println("GOOD " + directory);
        return 0;
    }

    @Command(description = "Says which files there are and what they hold.", mixinStandardHelpOptions = true)
    int stat(@Parameters(paramLabel = "DIR", description = "the node's directory") Path directory) throws IOException {
        StoreSummary.files(open(directory), out);
        return 0;
    }

    @Command(description = "Lists entries and records, one a line.", mixinStandardHelpOptions = true)
    int dump(
            @Parameters(paramLabel = "DIR", description = "the node's directory") Path directory,
            @Option(names = "--from", paramLabel = "LSN", description = "only records from this one on") long from,
            @Option(names = "--data", description = "keys and values too, in hexadecimal") boolean data)
            throws IOException {
        open(directory).read(new StoreDump(out, from, data));
        return 0;
    }

    @Command(description = "Compares what two nodes hold.", mixinStandardHelpOptions = true)
    int diff(
            @Parameters(paramLabel = "DIR1", description = "a node's directory") Path first,
            @Parameters(paramLabel = "DIR2", description = "another node's directory") Path second)
            throws IOException {
        return new StoreDiff(open(first), open(second)).print(out) ? 0 : DIFFERENT;
    }

    @Command(
            description = "Copies what can still be read into a new directory: all up to the first damage. The copy is"
                    + " another store, which has made no promises: no grid that goes on takes it in.",
            mixinStandardHelpOptions = true)
    int repair(
            @Parameters(paramLabel = "DIR", description = "the damaged directory; it is not changed") Path directory,
            @Option(
                            names = "--to",
                            paramLabel = "COPY",
                            required = true,
                            description = "a directory that does not exist")
                    Path copy)
            throws IOException {
        return StoreRepair.copy(open(directory), copy, out) ? 0 : DAMAGED;
    }

    private StoreReader open(Path directory) throws IOException {
        DirectoryLock.livingOwner(directory)
                .ifPresent(owner -> err.println("kvgrid-log: " + owner + " may be using " + directory
                        + ": what is read may change meanwhile, and look damaged; stop that node, or copy its files"));
        return new StoreReader(directory);
    }
}
