package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.OperationId;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.message.WriteResult;
import io.kvgrid.core.message.WriteResult.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;

/**
 * Client operations of a node that is not the primary: writes go to the primary and back, always with the same operation
 * id; reads ask it for an LSN and are answered here once that is applied. What is not answered is sent again.
 */
final class Forwarder {
    private static final class Write {
        final WriteCommand command;
        int attempts;
        boolean sent;
        long sentNanos;
        /** Whether its first attempt is known not to have been judged. */
        boolean notJudged;

        Write(WriteCommand command) {
            this.command = command;
        }
    }

    private static final class Question {
        final List<Long> readIds;
        final long sentNanos;

        Question(List<Long> readIds, long sentNanos) {
            this.readIds = readIds;
            this.sentNanos = sentNanos;
        }
    }

    private final ReplicaContext context;
    private final LinkedHashMap<OperationId, Write> writes = new LinkedHashMap<>();
    /** Writes that are acknowledged and not applied here yet. */
    private final Waiters acknowledged = new Waiters();

    private final LinkedHashMap<Long, Question> questions = new LinkedHashMap<>();
    private final TreeMap<Long, List<Long>> readsAtLsn = new TreeMap<>();
    private List<Long> unasked = new ArrayList<>();

    Forwarder(ReplicaContext context) {
        this.context = context;
    }

    void write(WriteCommand command) {
        Write write = new Write(command);
        writes.put(command.operation(), write);
        send(write);
    }

    /** Goes on with what this node's clients asked for while it had another role. */
    void goOn(OpenOperations open) {
        for (OpenOperations.Write each : open.writes()) {
            Write write = new Write(each.command());
            write.attempts = each.mayBeApplied() ? 1 : 0;
            writes.put(each.command().operation(), write);
        }
        unasked.addAll(open.reads());
    }

    void read(List<Long> readIds) {
        unasked.addAll(readIds);
    }

    void abandon(OperationId operation) {
        writes.remove(operation);
    }

    void onReply(Message.WriteReply reply) {
        Write write = writes.get(reply.operation());
        if (write == null) {
            return;
        }
        WriteResult result = reply.result();
        if (result.kind() == Kind.ACKNOWLEDGED) {
            // a following peek here must see it
            acknowledged.add(result.lsn(), new Waiters.Answer(null, write.command, result));
            onApplied();
            return;
        }
        if (result.kind() == Kind.NOT_PRIMARY) {
            if (write.attempts == 1 && !write.notJudged) { // a second such answer may be a copy of the first
                write.attempts = 0;
                write.notJudged = true;
            }
            return; // the next primary will judge it
        }
        writes.remove(reply.operation());
        // P19: an earlier attempt that was not answered may still be applied, whatever this one says
        context.effects.complete(
                reply.operation(), context.rules.isUncertain(write.attempts) ? WriteResult.of(Kind.UNKNOWN) : result);
    }

    void onReply(Message.ReadReply reply) {
        Question question = questions.remove(reply.nonce());
        if (question == null) {
            return;
        }
        if (reply.commitLsn() <= context.state.commitLsn()) {
            context.effects.confirm(question.readIds);
        } else {
            readsAtLsn
                    .computeIfAbsent(reply.commitLsn(), lsn -> new ArrayList<>())
                    .addAll(question.readIds);
        }
    }

    /** The commit index moved; what became committed is applied before any of this is completed. */
    void onApplied() {
        for (Waiters.Answer answer : acknowledged.take(context.state.commitLsn())) {
            if (writes.remove(answer.operation()) != null) {
                context.effects.complete(answer.operation(), answer.result());
            }
        }
        while (!readsAtLsn.isEmpty() && readsAtLsn.firstKey() <= context.state.commitLsn()) {
            context.effects.confirm(readsAtLsn.pollFirstEntry().getValue());
        }
    }

    /** Another configuration: answers to what was sent under the old one will be dropped (P5, P26). */
    void onConfig() {
        for (Question question : questions.values()) {
            unasked.addAll(question.readIds);
        }
        questions.clear();
        readsAtLsn.values().forEach(unasked::addAll);
        readsAtLsn.clear();
        writes.values().forEach(this::send);
    }

    void onPrimaryConnected() {
        writes.values().forEach(this::send);
    }

    void onTick() {
        for (Write write : writes.values()) {
            if (!write.sent || context.hasPassed(write.sentNanos, context.settings.leaseNanos() / 2)) {
                send(write);
            }
        }
        questions.values().removeIf(question -> {
            boolean late = context.hasPassed(question.sentNanos, context.settings.retryNanos());
            if (late) {
                unasked.addAll(question.readIds);
            }
            return late;
        });
    }

    /** One question for all reads of a turn. */
    void beforeReady() {
        NodeId primary = primary();
        if (!unasked.isEmpty() && primary != null) {
            long nonce = context.newNonce().getLeastSignificantBits();
            questions.put(nonce, new Question(unasked, context.nowNanos));
            unasked = new ArrayList<>();
            context.send(primary, new Message.ReadRequest(nonce));
        }
    }

    private void send(Write write) {
        NodeId primary = primary();
        if (primary != null) {
            write.attempts++;
            write.sent = true;
            write.sentNanos = context.nowNanos;
            context.send(primary, write.command.toRequest(context.newRequestNumber()));
        }
    }

    private @org.jspecify.annotations.Nullable NodeId primary() {
        NodeId primary =
                context.config() == null ? null : context.requireConfig().primary();
        return primary != null && context.isConnected(primary) ? primary : null;
    }

    /** Takes all that is open: this node has another role from now on. */
    OpenOperations stop() {
        List<OpenOperations.Write> open = new ArrayList<>();
        for (Write write : writes.values()) {
            // the one that was sent may still be read
            WriteCommand command = write.command.with(write.command.body().copy());
            open.add(new OpenOperations.Write(command, write.attempts > 0));
        }
        writes.clear();
        onConfig(); // all questions are open again
        return new OpenOperations(open, unasked);
    }
}
