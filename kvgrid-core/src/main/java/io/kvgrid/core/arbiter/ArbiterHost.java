package io.kvgrid.core.arbiter;

import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import java.util.Optional;
import java.util.function.Consumer;

/** Answers the Arbiter calls of other nodes. A call that fails here is not answered: its caller learns nothing from it (P4). */
public final class ArbiterHost {
    private final Arbiter arbiter;

    public ArbiterHost(Arbiter arbiter) {
        this.arbiter = arbiter;
    }

    /** Carries out {@code request}; {@code reply} may be called on any thread, at most once. */
    public void onRequest(Message.ArbiterRequest request, Consumer<Message.ArbiterReply> reply) {
        if (request.proposal().isPresent()) {
            var unused = arbiter.compareAndSet(
                            request.expectedCv(), request.proposal().get())
                    .thenAccept(result -> reply.accept(answer(request.callId(), result)));
        } else {
            var unused = arbiter.read()
                    .thenAccept(
                            current -> reply.accept(new Message.ArbiterReply(request.callId(), false, "", current)));
        }
    }

    private static Message.ArbiterReply answer(long callId, CasResult result) {
        if (result instanceof CasResult.Refused refused) {
            return new Message.ArbiterReply(callId, false, refused.reason(), refused.current());
        }
        GridConfig config = ((CasResult.Applied) result).config();
        return new Message.ArbiterReply(callId, true, "", Optional.of(config));
    }
}
