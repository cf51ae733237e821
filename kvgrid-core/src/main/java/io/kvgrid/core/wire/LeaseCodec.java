package io.kvgrid.core.wire;

import io.kvgrid.core.message.Message.LeaseGrant;
import io.kvgrid.core.message.Message.LeaseRequest;

/**
 * A read lease, asked for and granted.
 *
 * <pre>
 *  LeaseRequest                           LeaseGrant
 *  offset width field                     offset width field
 *       0     8 sent, monotonic nanos          0     8 sent, as it came
 *       8                                      8
 * </pre>
 */
final class LeaseCodec {
    private LeaseCodec() {}

    static void write(WireWriter out, LeaseRequest request) {
        out.i64(request.sentNanos());
    }

    static LeaseRequest readRequest(WireReader in) throws MalformedMessageException {
        return new LeaseRequest(in.i64("sent"));
    }

    static void write(WireWriter out, LeaseGrant grant) {
        out.i64(grant.sentNanos());
    }

    static LeaseGrant readGrant(WireReader in) throws MalformedMessageException {
        return new LeaseGrant(in.i64("sent"));
    }
}
