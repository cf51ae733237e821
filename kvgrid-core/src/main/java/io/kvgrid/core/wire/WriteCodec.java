package io.kvgrid.core.wire;

import io.kvgrid.OperationId;
import io.kvgrid.WriteOptions;
import io.kvgrid.WriteOptions.Condition;
import io.kvgrid.core.message.Message.WriteReply;
import io.kvgrid.core.message.Message.WriteRequest;
import io.kvgrid.core.message.WriteResult;
import io.kvgrid.spi.persistence.RecordBody;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordKind;
import java.util.Optional;

/**
 * A forwarded write and its outcome.
 *
 * <pre>
 *  WriteRequest                                    WriteReply
 *  offset width field                              offset width field
 *       0     8 number of the request, from 1           0    16 operation: client
 *       8     1 condition: 0 none, 1 absent,           16     8 operation: number
 *               2 present, 3 version                   24     1 kind, as below
 *       9     8 version asked for; 0 otherwise         25     8 LSN
 *      17     8 time to live, milliseconds;            33
 *               0 for never
 *      25       body: all that is left, as
 *               {@link RecordFormat#readBody} has it
 * </pre>
 *
 * Operation and client floor stand in the body, once. The primary gives the body a place in the log as it is, so
 * nothing may pass here that would make a record which no log can read (S24): only puts and removals that name an
 * operation, a time to live only on a put and no longer than {@link WriteOptions#MAX_TIME_TO_LIVE}, and no more bytes than
 * an Append can carry on.
 */
final class WriteCodec {
    private static final long MAX_TIME_TO_LIVE_MILLIS = WriteOptions.MAX_TIME_TO_LIVE.toMillis();

    private WriteCodec() {}

    static void write(WireWriter out, WriteRequest request) {
        RecordBody body = request.body();
        Optional<OperationId> named = body.operation();
        if (named.isEmpty()
                || !named.get().equals(request.operation())
                || body.clientFloor() != request.clientFloor()) {
            throw new IllegalArgumentException("the body of " + request.operation() + " names " + named);
        }
        out.i64(request.number())
                .u8(code(request.condition()))
                .i64(request.version())
                .i64(request.timeToLiveMillis());
        out.tail(body.bytes());
    }

    static WriteRequest readRequest(WireReader in) throws MalformedMessageException {
        long number = in.atLeast(1L, "number");
        Condition condition = readCondition(in);
        long version = in.i64("version");
        if (version != 0 && condition != Condition.VERSION) {
            throw in.malformed("version", Long.BYTES, "0 with " + condition, Long.toString(version));
        }
        long timeToLive = in.atLeast(0L, "time to live");
        if (timeToLive > MAX_TIME_TO_LIVE_MILLIS) {
            throw in.malformed("time to live", Long.BYTES, "at most " + MAX_TIME_TO_LIVE_MILLIS, "" + timeToLive);
        }
        int start = in.position();
        RecordBody body = in.body("body");
        if (body.length() > MessageCodec.MAX_APPEND_BYTES) {
            throw new MalformedMessageException(
                    "body", start, "at most " + MessageCodec.MAX_APPEND_BYTES + " bytes", body.length() + " bytes");
        }
        RecordKind kind = body.kind();
        if (kind != RecordKind.PUT && kind != RecordKind.REMOVE) {
            throw new MalformedMessageException("body", start, "a put or a removal", kind.toString());
        }
        if (timeToLive != 0 && kind != RecordKind.PUT) {
            throw new MalformedMessageException("time to live", start, "0 with " + kind, Long.toString(timeToLive));
        }
        Optional<OperationId> operation = body.operation();
        if (operation.isEmpty()) {
            throw new MalformedMessageException("body", start, "an operation id", "none");
        }
        return new WriteRequest(number, operation.get(), body.clientFloor(), condition, version, timeToLive, body);
    }

    static void write(WireWriter out, WriteReply reply) {
        OperationId operation = reply.operation();
        out.uuid(operation.clientId()).i64(operation.number());
        out.u8(code(reply.result().kind())).i64(reply.result().lsn());
    }

    static WriteReply readReply(WireReader in) throws MalformedMessageException {
        OperationId operation = new OperationId(in.uuid("client"), in.atLeast(0L, "number"));
        WriteResult.Kind kind = readKind(in);
        return new WriteReply(operation, new WriteResult(kind, in.atLeast(0L, "LSN")));
    }

    private static int code(Condition condition) {
        return switch (condition) {
            case NONE -> 0;
            case ABSENT -> 1;
            case PRESENT -> 2;
            case VERSION -> 3;
        };
    }

    private static Condition readCondition(WireReader in) throws MalformedMessageException {
        int code = in.u8("condition");
        return switch (code) {
            case 0 -> Condition.NONE;
            case 1 -> Condition.ABSENT;
            case 2 -> Condition.PRESENT;
            case 3 -> Condition.VERSION;
            default -> throw in.malformed("condition", Byte.BYTES, "0 to 3", Integer.toString(code));
        };
    }

    private static int code(WriteResult.Kind kind) {
        return switch (kind) {
            case ACKNOWLEDGED -> 0;
            case CONDITION_FAILED -> 1;
            case NOT_PRIMARY -> 2;
            case NOT_ENOUGH_REPLICAS -> 3;
            case OVERLOADED -> 4;
            case TOO_OLD -> 5;
            case UNKNOWN -> 6;
        };
    }

    private static WriteResult.Kind readKind(WireReader in) throws MalformedMessageException {
        int code = in.u8("kind");
        return switch (code) {
            case 0 -> WriteResult.Kind.ACKNOWLEDGED;
            case 1 -> WriteResult.Kind.CONDITION_FAILED;
            case 2 -> WriteResult.Kind.NOT_PRIMARY;
            case 3 -> WriteResult.Kind.NOT_ENOUGH_REPLICAS;
            case 4 -> WriteResult.Kind.OVERLOADED;
            case 5 -> WriteResult.Kind.TOO_OLD;
            case 6 -> WriteResult.Kind.UNKNOWN;
            default -> throw in.malformed("kind", Byte.BYTES, "0 to 6", Integer.toString(code));
        };
    }
}
