package io.kvgrid.core.wire;

import io.kvgrid.core.message.Message.JoinRequest;
import io.kvgrid.core.message.Message.Standing;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.RecordId;

/**
 * A node says who it is and where its log ends: JoinRequest and Standing.
 *
 * <pre>
 *  width field
 *        self: a member as {@link ConfigCodec} has it
 *     20 last record: epoch (8), LSN (8), checksum (4)
 * </pre>
 */
final class JoinCodec {
    private JoinCodec() {}

    static void write(WireWriter out, JoinRequest request) {
        write(out, request.self(), request.last());
    }

    static JoinRequest read(WireReader in) throws MalformedMessageException {
        return new JoinRequest(ConfigCodec.readMember(in), in.recordId("last record"));
    }

    static void write(WireWriter out, Standing standing) {
        write(out, standing.self(), standing.last());
    }

    static Standing readStanding(WireReader in) throws MalformedMessageException {
        return new Standing(ConfigCodec.readMember(in), in.recordId("last record"));
    }

    private static void write(WireWriter out, Member self, RecordId last) {
        ConfigCodec.writeMember(out, self);
        out.recordId(last);
    }
}
