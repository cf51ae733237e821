package io.kvgrid.core.arbiter;

import io.kvgrid.core.message.Message;
import io.kvgrid.core.runtime.Loop;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The Arbiter that another node hosts, reached by messages over the grid's own connections. A call that is not answered
 * within {@value #LIMIT_NANOS} ns, or cannot be sent, fails: nothing is known of it then (P4). Lives on the loop: calls and
 * {@link #onReply} are made there.
 */
public final class RemoteArbiter implements Arbiter {
    private static final long LIMIT_NANOS = 500_000_000;

    private final Loop loop;
    private final Predicate<Message.ArbiterRequest> sender;
    private final Map<Long, CompletableFuture<Message.ArbiterReply>> calls = new HashMap<>();
    private long lastCallId;

    /** @param sender sends a request to the host; false if there is no connection to it */
    public RemoteArbiter(Loop loop, Predicate<Message.ArbiterRequest> sender) {
        this.loop = loop;
        this.sender = sender;
    }

    @Override
    public CompletionStage<Optional<GridConfig>> read() {
        return call(0, Optional.empty()).thenApply(Message.ArbiterReply::current);
    }

    @Override
    public CompletionStage<CasResult> compareAndSet(long expectedCv, GridConfig proposal) {
        return call(expectedCv, Optional.of(proposal))
                .thenApply(reply -> reply.applied()
                        ? new CasResult.Applied(proposal)
                        : new CasResult.Refused(reply.reason(), reply.current()));
    }

    private CompletableFuture<Message.ArbiterReply> call(long expectedCv, Optional<GridConfig> proposal) {
        long callId = ++lastCallId;
        CompletableFuture<Message.ArbiterReply> answer = new CompletableFuture<>();
        if (!sender.test(new Message.ArbiterRequest(callId, expectedCv, proposal))) {
            answer.completeExceptionally(
                    new ArbiterUnavailableException("there is no connection to the node that hosts the Arbiter", null));
            return answer;
        }
        calls.put(callId, answer);
        Loop.Cancellable limit = loop.schedule(LIMIT_NANOS, () -> {
            calls.remove(callId);
            answer.completeExceptionally(new ArbiterUnavailableException("the Arbiter did not answer in time", null));
        });
        return answer.whenComplete((reply, thrown) -> limit.cancel());
    }

    /** The host answered. */
    public void onReply(Message.ArbiterReply reply) {
        CompletableFuture<Message.ArbiterReply> answer = calls.remove(reply.callId());
        if (answer != null) {
            answer.complete(reply);
        }
    }

    /** Does nothing: configurations reach this node through the primary, and by asking. */
    @Override
    public void watch(Consumer<GridConfig> watcher) {}

    @Override
    public void close() {}
}
