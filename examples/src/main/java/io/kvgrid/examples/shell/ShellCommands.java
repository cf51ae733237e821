package io.kvgrid.examples.shell;

import io.kvgrid.GridNode;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationId;
import io.kvgrid.ReadConsistency;
import io.kvgrid.WriteOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Carries out the shell's commands on one node, one at a time. The answer is empty when the session is to end. */
public final class ShellCommands implements Command.Handler<Optional<String>> {
    private static final int LOAD_OUTSTANDING = 256;
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration LOAD_PATIENCE = Duration.ofSeconds(10);

    private final GridNode<String, String> node;
    private final Duration timeout;

    /** Commands for {@code node}; those that the grid itself does not hold back wait {@code timeout} for its role. */
    public ShellCommands(GridNode<String, String> node, Duration timeout) {
        this.node = node;
        this.timeout = timeout;
    }

    /** The answer to one line. */
    public Optional<String> answer(String line) {
        return Command.parse(line).dispatch(this);
    }

    @Override
    public Optional<String> insert(Command.Insert insert) {
        return outcome(() -> Replies.ack(
                node.insert(insert.key(), insert.value(), options(insert.id())).join()));
    }

    @Override
    public Optional<String> get(Command.Get get) {
        if (get.local()) {
            awaitRole();
        }
        ReadConsistency consistency = get.local() ? ReadConsistency.LOCAL : ReadConsistency.LINEARIZABLE;
        return outcome(() -> Replies.value(node.get(get.key(), consistency).join()));
    }

    @Override
    public Optional<String> remove(Command.Remove remove) {
        return outcome(() ->
                Replies.ack(node.remove(remove.key(), options(remove.id())).join()));
    }

    @Override
    public Optional<String> view() {
        awaitRole();
        return Optional.of(Replies.view(node.view()));
    }

    /** The answer is this node's view once another node is primary. */
    @Override
    public Optional<String> handOver() {
        awaitRole();
        try {
            node.handOver().join();
        } catch (CompletionException e) {
            throw new BadCommandException("the role was not handed over: " + e.getCause());
        }
        return Optional.of(Replies.view(node.view()));
    }

    @Override
    public Optional<String> load(Command.Load load) {
        awaitRole();
        try (CsvFile file = new CsvFile(Path.of(load.file()))) {
            return Optional.of(Replies.loaded(load(file)));
        } catch (IOException e) {
            throw new BadCommandException("cannot read " + load.file() + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private BulkLoader.Progress load(CsvFile file) throws IOException, InterruptedException {
        BulkLoader<String> loader = new BulkLoader<>(node, LOAD_OUTSTANDING, LOAD_PATIENCE);
        long nextReport = System.nanoTime() + REPORT_NANOS;
        for (Optional<String> line = file.next(); line.isPresent(); line = file.next()) {
            Optional<Map.Entry<String, String>> entry = CsvFile.entry(line.get());
            if (entry.isPresent()) {
                loader.add(entry.get().getKey(), entry.get().getValue());
            } else {
                loader.addUnreadable();
            }
            if (System.nanoTime() - nextReport >= 0) {
                nextReport += REPORT_NANOS;
                System.err.println("loading: " + Replies.loaded(loader.progress()));
            }
        }
        return loader.finish();
    }

    @Override
    public Optional<String> help() {
        return Optional.of("help " + Command.HELP);
    }

    @Override
    public Optional<String> exit() {
        return Optional.empty();
    }

    private static WriteOptions options(Optional<OperationId> id) {
        return id.map(WriteOptions.DEFAULT::operationId).orElse(WriteOptions.DEFAULT);
    }

    private static Optional<String> outcome(Supplier<String> operation) {
        try {
            return Optional.of(operation.get());
        } catch (OperationFailedException e) {
            return Optional.of(Replies.failed(e));
        } catch (CompletionException e) {
            if (e.getCause() instanceof OperationFailedException failure) {
                return Optional.of(Replies.failed(failure));
            }
            throw e;
        }
    }

    private void awaitRole() {
        try {
            node.ready().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException | CancellationException e) {
            return; // the command itself tells what the node can do without a role
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
