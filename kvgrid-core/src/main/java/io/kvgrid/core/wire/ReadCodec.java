package io.kvgrid.core.wire;

import io.kvgrid.core.message.Message.ReadReply;
import io.kvgrid.core.message.Message.ReadRequest;

/**
 * A read that asks the primary how far it must wait.
 *
 * <pre>
 *  ReadRequest              ReadReply
 *  offset width field       offset width field
 *       0     8 nonce            0     8 nonce
 *       8                        8     8 commit LSN
 *                               16
 * </pre>
 */
final class ReadCodec {
    private ReadCodec() {}

    static void write(WireWriter out, ReadRequest request) {
        out.i64(request.nonce());
    }

    static ReadRequest readRequest(WireReader in) throws MalformedMessageException {
        return new ReadRequest(in.i64("nonce"));
    }

    static void write(WireWriter out, ReadReply reply) {
        out.i64(reply.nonce()).i64(reply.commitLsn());
    }

    static ReadReply readReply(WireReader in) throws MalformedMessageException {
        return new ReadReply(in.i64("nonce"), in.atLeast(0L, "commit LSN"));
    }
}
