package io.kvgrid.core.wire;

import io.kvgrid.core.message.Envelope;

/**
 * The envelope (P5), which stands behind version, type and flags in every message.
 *
 * <pre>
 *  offset width field
 *       0    16 lineage id; 0 for none
 *      16     8 cv
 *      24     8 epoch
 *      32    16 sender's boot id
 *      48    16 receiver's boot id; 0 in exempt messages
 *      64
 * </pre>
 */
final class EnvelopeCodec {
    static final int BYTES = 64;

    private EnvelopeCodec() {}

    static void write(WireWriter out, Envelope envelope) {
        out.uuid(envelope.lineageId())
                .i64(envelope.cv())
                .i64(envelope.epoch())
                .uuid(envelope.fromBoot())
                .uuid(envelope.toBoot());
    }

    static Envelope read(WireReader in) throws MalformedMessageException {
        return new Envelope(
                in.uuid("lineage id"),
                in.atLeast(0L, "cv"),
                in.atLeast(0L, "epoch"),
                in.uuid("sender's boot id"),
                in.uuid("receiver's boot id"));
    }
}
