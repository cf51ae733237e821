package io.kvgrid.core.replication;

import io.kvgrid.OperationId;
import io.kvgrid.WriteOptions.Condition;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.persistence.RecordBody;

/**
 * A write on its way to get its place in the log.
 *
 * @param operation its identity, already written into {@code body}
 * @param clientFloor the client's lowest unsettled operation number (P19)
 * @param condition what must hold (P20)
 * @param version what {@link Condition#VERSION} asks for
 * @param timeToLiveMillis 0 for never
 * @param body key and value; used up when the write gets its place
 */
public record WriteCommand(
        OperationId operation,
        long clientFloor,
        Condition condition,
        long version,
        long timeToLiveMillis,
        RecordBody body) {

    static WriteCommand of(Message.WriteRequest request) {
        return new WriteCommand(
                request.operation(),
                request.clientFloor(),
                request.condition(),
                request.version(),
                request.timeToLiveMillis(),
                request.body());
    }

    /** The same with a body that can still be used. */
    WriteCommand with(RecordBody usable) {
        return new WriteCommand(operation, clientFloor, condition, version, timeToLiveMillis, usable);
    }

    /**
     * The message that carries this write to the primary. The body is not copied.
     *
     * @param number no other request of this run has it
     */
    Message.WriteRequest toRequest(long number) {
        return new Message.WriteRequest(number, operation, clientFloor, condition, version, timeToLiveMillis, body);
    }
}
