package io.kvgrid.examples;

import io.kvgrid.GridStartException;
import io.kvgrid.arbiter.ratis.GridWitness;
import io.kvgrid.examples.shell.WitnessOptions;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A vote without data, for two shells that run with {@code --arbiter ratis --witness HOST:PORT}. Runs until it is killed. */
@Command(
        name = "witness.sh",
        sortOptions = false,
        description = "A vote without data, so that one of two nodes may die.")
public final class Witness implements Callable<Integer> {
    @Mixin
    private final WitnessOptions options = new WitnessOptions();

    public static void main(String[] args) {
        System.exit(new CommandLine(new Witness()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            GridWitness witness = GridWitness.start(options.settings());
            Runtime.getRuntime().addShutdownHook(new Thread(witness::close, "witness-close")); // on a signal
        } catch (GridStartException | IllegalStateException | IllegalArgumentException e) {
            System.err.println("cannot start: " + e.getMessage());
            return 1;
        }
        System.out.println("ready");
        new CountDownLatch(1).await();
        return 0;
    }
}
