package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.OperationId;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.message.WriteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/** Answers that may be given once an LSN is committed here: acknowledgements, and refusals that show what was read (P21). */
final class Waiters {
    /**
     * @param origin who asked; null for a client of this node
     */
    record Answer(@Nullable NodeId origin, WriteCommand command, WriteResult result) {
        OperationId operation() {
            return command.operation();
        }

        /** Tells who asked. */
        void give(ReplicaContext context) {
            if (origin == null) {
                context.effects.complete(operation(), result);
            } else {
                context.send(origin, new Message.WriteReply(operation(), result));
            }
        }

        Answer with(WriteResult other) {
            return new Answer(origin, command, other);
        }
    }

    private final TreeMap<Long, List<Answer>> byLsn = new TreeMap<>();

    void add(long lsn, Answer answer) {
        byLsn.computeIfAbsent(lsn, at -> new ArrayList<>(1)).add(answer);
    }

    /** Takes all that wait for {@code lsn} or less, in order. */
    List<Answer> take(long lsn) {
        List<Answer> taken = new ArrayList<>();
        while (!byLsn.isEmpty() && byLsn.firstKey() <= lsn) {
            Map.Entry<Long, List<Answer>> first = byLsn.pollFirstEntry();
            taken.addAll(first.getValue());
        }
        return taken;
    }

    /** Takes all, in order, each with the LSN that it waits for. */
    void takeAll(ObjLongConsumer<Answer> taker) {
        byLsn.forEach((lsn, answers) -> answers.forEach(answer -> taker.accept(answer, lsn)));
        byLsn.clear();
    }
}
