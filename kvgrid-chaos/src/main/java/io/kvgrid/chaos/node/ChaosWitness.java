package io.kvgrid.chaos.node;

import io.kvgrid.arbiter.ratis.GridWitness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The process of a witness, driven by {@link LineProtocol}. It knows no commands but {@code exit}. */
public final class ChaosWitness implements Callable<Integer> {
    @Option(names = "--data", required = true)
    private Path data = Path.of("");

    @Mixin
    private final VoterOptions voters = new VoterOptions();

    private ChaosWitness() {}

    /** Runs until told to exit. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ChaosWitness()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        LineProtocol protocol = new LineProtocol();
        GridWitness witness = GridWitness.start(voters.builder(data));
        protocol.say("ready");
        return protocol.serve(
                words -> CompletableFuture.completedFuture("error a witness knows nothing"), witness::close);
    }
}
