package io.kvgrid.examples.demo;

import io.kvgrid.GridNode;
import io.kvgrid.examples.shell.LineSession;
import io.kvgrid.examples.shell.NodeOptions;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** The process of one node in a demonstration. It takes {@link DemoCommands} on standard input and ends with it. */
public final class DemoNode implements Callable<Integer> {
    @Mixin
    private final NodeOptions options = new NodeOptions();

    public static void main(String[] args) {
        System.exit(new CommandLine(new DemoNode()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintStream replies = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        System.setOut(System.err);
        GridNode<String, UnicodeCharacter> node = options.builder(UnicodeCharacter.class)
                .serializer(UnicodeCharacter.serializer())
                .start();
        return new LineSession(node, System.in, replies, "", Duration.ZERO).run(new DemoCommands(node)::answer);
    }
}
