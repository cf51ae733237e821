package io.kvgrid.core.wire;

import io.kvgrid.core.message.Message.JoinRequest;

/**
 * A node asks to be let in.
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
        ConfigCodec.writeMember(out, request.self());
        out.recordId(request.last());
    }

    static JoinRequest read(WireReader in) throws MalformedMessageException {
        return new JoinRequest(ConfigCodec.readMember(in), in.recordId("last record"));
    }
}
