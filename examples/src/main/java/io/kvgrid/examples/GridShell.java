package io.kvgrid.examples;

import io.kvgrid.GridNode;
import io.kvgrid.GridStartException;
import io.kvgrid.examples.shell.LineSession;
import io.kvgrid.examples.shell.NodeOptions;
import io.kvgrid.examples.shell.ShellCommands;
import io.kvgrid.examples.shell.Terminal;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * One node of a grid in a terminal: type {@code insert K V} in one shell and {@code get K} in another. Without a
 * terminal it is a protocol for scripts: one line on standard output for each line on standard input, all else on
 * standard error.
 */
@Command(name = "shell.sh", sortOptions = false, description = "One interactive node of a grid; try 'help'.")
public final class GridShell implements Callable<Integer> {
    @Mixin
    private final NodeOptions options = new NodeOptions();

    public static void main(String[] args) {
        System.exit(new CommandLine(new GridShell()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintStream replies = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        System.setOut(System.err); // whatever else prints must not disturb the protocol
        GridNode<String, String> node;
        try {
            node = options.builder(String.class).start();
        } catch (GridStartException | IllegalStateException | IllegalArgumentException e) {
            System.err.println("cannot start: " + e.getMessage());
            return 1;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "shell-close")); // on a signal
        String prompt = Terminal.isAttached() ? options.id() + "> " : "";
        return new LineSession(node, System.in, replies, prompt, options.timeout())
                .run(new ShellCommands(node, options.timeout())::answer);
    }
}
