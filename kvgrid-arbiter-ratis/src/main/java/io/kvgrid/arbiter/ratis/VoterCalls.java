package io.kvgrid.arbiter.ratis;

import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/** Calls that do not block their caller and end in time. Thread-safe. */
final class VoterCalls implements AutoCloseable {
    private static final int MAX_CALLS = 16;
    private static final long IDLE_SECONDS = 10;
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final VoterClient client;
    private final long limitNanos;
    private final ThreadPoolExecutor threads;

    /** @param limitNanos when a call ends at the latest */
    VoterCalls(VoterClient client, long limitNanos) {
        this.client = client;
        this.limitNanos = limitNanos;
        threads =
                new ThreadPoolExecutor(0, MAX_CALLS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "kvgrid-arbiter-call");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Puts {@code command} through the log. Fails with {@link ArbiterUnavailableException}: it may take effect yet (P4). */
    CompletableFuture<ByteBuffer> call(ByteBuffer command) {
        Message message = Message.valueOf(ByteString.copyFrom(command));
        long deadlineNanos = System.nanoTime() + limitNanos;
        return inTime(
                limitNanos,
                () -> client.askLeader(
                                (clientId, voter, groupId, callId, timeoutMillis) -> RaftClientRequest.newBuilder()
                                        .setClientId(clientId)
                                        .setGroupId(groupId)
                                        .setCallId(callId)
                                        .setServerId(voter)
                                        .setMessage(message)
                                        .setType(RaftClientRequest.writeRequestType())
                                        .setTimeoutMs(timeoutMillis)
                                        .build(),
                                deadlineNanos)
                        .getMessage()
                        .getContent()
                        .asReadOnlyByteBuffer());
    }

    /** Runs {@code call}, which blocks, on another thread; the stage ends in time even if the call should not. */
    <T> CompletableFuture<T> inTime(long nanos, Supplier<T> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    answer.complete(call.get());
                } catch (RuntimeException | Error e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(
                    unavailable(client.isClosed() ? "it is closed" : "too many calls wait for it", e));
        }
        return answer.orTimeout(nanos + GRACE_NANOS, TimeUnit.NANOSECONDS).exceptionally(e -> {
            throw e instanceof ArbiterUnavailableException known ? known : unavailable(e.toString(), e);
        });
    }

    private static ArbiterUnavailableException unavailable(String why, @Nullable Throwable cause) {
        return new ArbiterUnavailableException("the Arbiter's voters gave no answer: " + why, cause);
    }

    /** Calls under way end as unavailable. */
    @Override
    public void close() {
        client.close();
        threads.shutdownNow();
    }
}
