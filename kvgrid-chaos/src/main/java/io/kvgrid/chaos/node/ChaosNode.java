package io.kvgrid.chaos.node;

import io.kvgrid.ArbiterChoice;
import io.kvgrid.GridNode;
import io.kvgrid.HostPort;
import io.kvgrid.core.EmbeddedArbiter;
import io.kvgrid.persistence.file.FilePersistence;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * The process of one node. Each line of input is a tag and a command of {@link NodeCommands}; each line of output is
 * the tag and its answer, in the order in which operations end. {@code ready} stands alone, when the node serves. {@code
 * exit} closes the node and ends the process with 0. The end of the input ends it at once: who drove it is gone.
 */
public final class ChaosNode implements Callable<Integer> {
    private static final int NOT_READY = 1;
    private static final int ABANDONED = 3;

    @Option(names = "--id", required = true)
    private String id = "";

    @Option(names = "--listen", required = true)
    private String listen = "";

    @Option(names = "--peers", required = true, split = ",")
    private String[] peers = {};

    @Option(names = "--arbiter", required = true, description = "hosted, or the address of the host")
    private String arbiter = "";

    @Option(names = "--data", required = true, description = "the node's own directory is in it, named by its id")
    private Path data = Path.of("");

    private final PrintStream replies = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    private ChaosNode() {}

    /** Runs until told to exit. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ChaosNode()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        System.setOut(System.err);
        SlowDisk disk = new SlowDisk(FilePersistence.in(data.resolve(id)));
        InetSocketAddress address = HostPort.parse(listen);
        GridNode<String, String> node = GridNode.builder("chaos", String.class, String.class)
                .nodeId(id)
                .listen(address.getHostString(), address.getPort())
                .insecure() // a network namespace has no other inhabitants
                .peers(peers)
                .arbiter(arbiter())
                .dataRoot(data.resolve("grid"))
                .persistence(disk)
                .start();
        var unused = node.ready().whenComplete((ready, failure) -> {
            if (failure == null) {
                say("ready");
            } else {
                System.err.println("not ready: " + failure);
                Runtime.getRuntime().halt(NOT_READY);
            }
        });
        return serve(node, new NodeCommands(node, disk));
    }

    private ArbiterChoice arbiter() {
        return arbiter.equals("hosted") ? EmbeddedArbiter.hosted(data.resolve("arbiter")) : EmbeddedArbiter.at(arbiter);
    }

    private int serve(GridNode<String, String> node, NodeCommands commands) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split(" ", -1);
            String tag = words[0];
            if (words[1].equals("exit")) {
                node.close();
                say(tag + " bye");
                return 0;
            }
            var unused = commands.answer(Arrays.copyOfRange(words, 1, words.length))
                    .thenAccept(answer -> say(tag + " " + answer));
        }
        Runtime.getRuntime().halt(ABANDONED);
        return ABANDONED;
    }

    /** One line, whole: answers come from several threads. */
    private void say(String line) {
        synchronized (replies) {
            replies.print(line + "\n");
            replies.flush();
        }
    }
}
