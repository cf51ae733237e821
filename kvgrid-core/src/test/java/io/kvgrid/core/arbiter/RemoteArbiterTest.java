package io.kvgrid.core.arbiter;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.runtime.ThreadLoop;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.persistence.InMemoryPersistence;
import io.kvgrid.testkit.ArbiterContract;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;

/** The Arbiter of another node, over two loops, and messages that may be lost. */
class RemoteArbiterTest extends ArbiterContract {
    private final StoredArbiter stored = StoredArbiter.open(InMemoryPersistence.create());
    private final ThreadLoop hosts = loop("host");
    private final ThreadLoop clients = loop("client");
    private volatile boolean cut;

    private static ThreadLoop loop(String node) {
        return ThreadLoop.start(new NodeId(node), failure -> {
            throw new AssertionError(failure);
        });
    }

    @AfterEach
    void end() {
        clients.close();
        hosts.close();
        stored.close();
    }

    @Override
    protected Arbiter client() {
        return new Client();
    }

    @Override
    protected boolean cutOff() {
        cut = true;
        return true;
    }

    /** One node that asks; its calls are made on its loop, as a member makes them. */
    private final class Client implements Arbiter {
        private final ArbiterHost host = new ArbiterHost(stored);
        private final RemoteArbiter remote = new RemoteArbiter(clients, this::send);

        private boolean send(Message.ArbiterRequest request) {
            if (!cut) {
                hosts.execute(() -> host.onRequest(request, this::reply));
            }
            return true;
        }

        private void reply(Message.ArbiterReply reply) {
            clients.execute(() -> remote.onReply(reply));
        }

        private <T> CompletionStage<T> onLoop(Supplier<CompletionStage<T>> call) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            clients.execute(() -> call.get().whenComplete((value, thrown) -> {
                if (thrown == null) {
                    answer.complete(value);
                } else {
                    answer.completeExceptionally(thrown);
                }
            }));
            return answer;
        }

        @Override
        public CompletionStage<Optional<GridConfig>> read() {
            return onLoop(remote::read);
        }

        @Override
        public CompletionStage<CasResult> compareAndSet(long expectedCv, GridConfig proposal) {
            return onLoop(() -> remote.compareAndSet(expectedCv, proposal));
        }

        @Override
        public void watch(Consumer<GridConfig> watcher) {
            remote.watch(watcher);
        }

        @Override
        public void close() {
            remote.close();
        }
    }
}
