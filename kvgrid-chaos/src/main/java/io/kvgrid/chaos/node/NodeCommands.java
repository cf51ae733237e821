package io.kvgrid.chaos.node;

import io.kvgrid.ConditionFailedException;
import io.kvgrid.GridNode;
import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationId;
import io.kvgrid.Outcome;
import io.kvgrid.ReadConsistency;
import io.kvgrid.WriteOptions;
import io.kvgrid.spi.arbiter.Arbiter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Carries out commands on one node. None waits for another: an answer comes when its operation ends.
 *
 * <ul>
 *   <li>{@code put KEY VALUE CONDITION MILLIS ID}: CONDITION is {@code any}, {@code absent}, {@code present} or a version;
 *       ID repeats that operation, {@code -} is a new one. {@code ack VERSION}, {@code refused}, {@code not-applied WHY}
 *       or {@code unknown ID}
 *   <li>{@code remove KEY MILLIS ID}: the same answers
 *   <li>{@code get KEY}, linearizable, and {@code local KEY}: {@code value VALUE VERSION}, {@code none} or
 *       {@code not-applied WHY}
 *   <li>{@code view}: {@code view ROLE EPOCH PRIMARY INSYNC COMMIT APPLIED ENTRIES DIGESTLSN
 *       DIGEST}, {@code -} for what is not known
 *   <li>{@code slow MILLIS}: makes the disk slow, or not any more with 0; {@code slowed CALLS} so far
 *   <li>{@code handover}: {@code done} when another node is primary
 *   <li>{@code arbiter}: {@code answered} when the voter here has read what is set, which takes a leader; at once without one
 * </ul>
 */
final class NodeCommands {
    private static final Executor RETRY = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

    private final GridNode<String, String> node;
    private final SlowDisk disk;
    private final Optional<Arbiter> voter;

    NodeCommands(GridNode<String, String> node, SlowDisk disk, Optional<Arbiter> voter) {
        this.node = node;
        this.disk = disk;
        this.voter = voter;
    }

    /** The answer to {@code words}; never fails. */
    CompletableFuture<String> answer(String[] words) {
        try {
            return answerTo(words).exceptionally(NodeCommands::failed);
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(failed(e));
        }
    }

    private CompletableFuture<String> answerTo(String[] words) {
        return switch (words[0]) {
            case "put" ->
                node.insert(words[1], words[2], options(words[3], words[4], words[5]))
                        .thenApply(ack -> "ack " + ack.version());
            case "remove" ->
                node.remove(words[1], options("any", words[2], words[3])).thenApply(ack -> "ack " + ack.version());
            case "get" -> read(words[1], ReadConsistency.LINEARIZABLE);
            case "local" -> read(words[1], ReadConsistency.LOCAL);
            case "view" -> CompletableFuture.completedFuture(text(node.view()));
            case "slow" -> {
                disk.slowBy(Duration.ofMillis(Long.parseLong(words[1])));
                yield CompletableFuture.completedFuture("slowed " + disk.slowed());
            }
            case "handover" -> node.handOver().thenApply(done -> "done");
            case "arbiter" -> readArbiter();
            default -> throw new IllegalArgumentException("unknown command " + words[0]);
        };
    }

    private CompletableFuture<String> readArbiter() {
        if (voter.isEmpty()) {
            return CompletableFuture.completedFuture("answered");
        }
        return voter.get()
                .read()
                .toCompletableFuture()
                .thenApply(config -> "answered")
                .exceptionallyComposeAsync(failure -> readArbiter(), RETRY);
    }

    private CompletableFuture<String> read(String key, ReadConsistency consistency) {
        return node.getVersioned(key, consistency)
                .thenApply(found -> found.map(value -> "value " + value.value() + " " + value.version())
                        .orElse("none"));
    }

    private static WriteOptions options(String condition, String millis, String id) {
        WriteOptions timed = WriteOptions.DEFAULT.timeout(Duration.ofMillis(Long.parseLong(millis)));
        WriteOptions named = id.equals("-") ? timed : timed.operationId(OperationId.parse(id));
        return switch (condition) {
            case "any" -> named;
            case "absent" -> named.ifAbsent();
            case "present" -> named.ifPresent();
            default -> named.ifVersion(Long.parseLong(condition));
        };
    }

    private static String failed(Throwable failure) {
        Throwable cause = failure.getCause();
        Throwable why = failure instanceof CompletionException && cause != null ? cause : failure;
        if (why instanceof ConditionFailedException) {
            return "refused";
        }
        if (why instanceof OperationFailedException failed) {
            return failed.outcome() == Outcome.UNKNOWN
                    ? "unknown " + failed.id().map(OperationId::toString).orElse("-")
                    : "not-applied " + failed.getClass().getSimpleName();
        }
        return "error " + why.toString().replace('\n', ' ');
    }

    private static String text(GridView view) {
        String inSync = view.inSync().stream().map(NodeId::value).collect(Collectors.joining(","));
        return String.join(
                " ",
                "view",
                view.role().name(),
                Long.toString(view.epoch()),
                view.primary().map(NodeId::value).orElse("-"),
                inSync.isEmpty() ? "-" : inSync,
                Long.toString(view.commitLsn()),
                Long.toString(view.appliedLsn()),
                Long.toString(view.entries()),
                Long.toString(view.digest().lsn()),
                Long.toString(view.digest().value()));
    }
}
