package io.kvgrid.examples.process;

import io.kvgrid.GridNode;
import io.kvgrid.examples.shell.LineSession;
import io.kvgrid.examples.shell.NodeOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The process of one node under test. It takes {@link LoadCommands} on standard input and ends with it. */
final class LoadedNode implements Callable<Integer> {
    @Mixin
    private final NodeOptions options = new NodeOptions();

    @Option(names = "--journal", required = true)
    private Path journal = Path.of("");

    private LoadedNode() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new LoadedNode()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintStream replies = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        System.setOut(System.err);
        MeasuredTransport transports = new MeasuredTransport();
        GridNode<String, String> node =
                options.builder(String.class).transport(transports).start();
        try (AckJournal acks = new AckJournal(journal)) {
            LoadCommands commands = new LoadCommands(node, options.id(), acks, transports);
            return new LineSession(node, System.in, replies, "", Duration.ZERO).run(commands::answer);
        }
    }
}
