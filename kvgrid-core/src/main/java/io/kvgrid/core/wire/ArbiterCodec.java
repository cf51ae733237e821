package io.kvgrid.core.wire;

import io.kvgrid.core.message.Message.ArbiterReply;
import io.kvgrid.core.message.Message.ArbiterRequest;
import io.kvgrid.spi.arbiter.GridConfig;
import java.util.Optional;

/**
 * Calls to the Arbiter that the receiver hosts.
 *
 * <pre>
 *  ArbiterRequest                                 ArbiterReply
 *  width field                                    width field
 *      8 call id                                      8 call id
 *      8 expected cv                                  1 applied: 0 or 1
 *      1 has a proposal: 0 or 1                   2 + n reason: length, then UTF-8
 *        proposal as {@link ConfigCodec} has it       1 has a configuration: 0 or 1
 *                                                       configuration as {@link ConfigCodec} has it
 * </pre>
 */
final class ArbiterCodec {
    private static final int MAX_REASON_BYTES = 1024;

    private ArbiterCodec() {}

    static void write(WireWriter out, ArbiterRequest request) {
        out.i64(request.callId()).i64(request.expectedCv());
        write(out, request.proposal());
    }

    static ArbiterRequest readRequest(WireReader in) throws MalformedMessageException {
        long callId = in.i64("call id");
        long expectedCv = in.atLeast(0L, "expected cv");
        boolean hasProposal = in.flag("has a proposal");
        return new ArbiterRequest(
                callId, expectedCv, hasProposal ? Optional.of(ConfigCodec.readProposal(in)) : Optional.empty());
    }

    /** A reason that is too long is cut: a refusal must not fail because of its explanation. */
    static void write(WireWriter out, ArbiterReply reply) {
        out.i64(reply.callId()).flag(reply.applied());
        out.text("reason", cut(reply.reason()), MAX_REASON_BYTES);
        write(out, reply.current());
    }

    static ArbiterReply readReply(WireReader in) throws MalformedMessageException {
        long callId = in.i64("call id");
        boolean applied = in.flag("applied");
        String reason = in.text("reason", MAX_REASON_BYTES);
        boolean hasCurrent = in.flag("has a configuration");
        return new ArbiterReply(
                callId, applied, reason, hasCurrent ? Optional.of(ConfigCodec.read(in)) : Optional.empty());
    }

    private static void write(WireWriter out, Optional<GridConfig> config) {
        out.flag(config.isPresent());
        if (config.isPresent()) {
            ConfigCodec.write(out, config.get());
        }
    }

    private static String cut(String text) {
        int maxChars = MAX_REASON_BYTES / 3; // a char takes at most three bytes of UTF-8
        return text.length() <= maxChars ? text : text.substring(0, maxChars);
    }
}
