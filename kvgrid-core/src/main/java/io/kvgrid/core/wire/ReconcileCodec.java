package io.kvgrid.core.wire;

import io.kvgrid.core.message.EpochStart;
import io.kvgrid.core.message.Message.Reconcile;
import io.kvgrid.core.message.Message.Reconciled;
import io.kvgrid.spi.persistence.RecordId;
import java.util.ArrayList;
import java.util.List;

/**
 * The search for the common prefix (P15). A record id is epoch (8), LSN (8) and checksum (4).
 *
 * <pre>
 *  Reconcile                                        Reconciled
 *  offset width field                               offset width field
 *       0    20 last record                              0    20 last record
 *      20     4 number of epochs                        20
 *      24       epochs, each: epoch (8), first LSN (8)
 * </pre>
 *
 * Epochs and first LSNs are 1 or more and both ascend: each epoch has a record.
 */
final class ReconcileCodec {
    static final int HEADER_BYTES = WireWriter.RECORD_ID_BYTES + Integer.BYTES;
    static final int EPOCH_START_BYTES = Long.BYTES + Long.BYTES;

    private ReconcileCodec() {}

    static void write(WireWriter out, Reconcile reconcile) {
        List<EpochStart> history = reconcile.history();
        out.recordId(reconcile.last()).i32(history.size());
        for (EpochStart start : history) {
            out.i64(start.epoch()).i64(start.firstLsn());
        }
    }

    static Reconcile readReconcile(WireReader in) throws MalformedMessageException {
        RecordId last = in.recordId("last record");
        int count = in.count("number of epochs", EPOCH_START_BYTES);
        List<EpochStart> history = new ArrayList<>(count);
        EpochStart before = new EpochStart(0, 0);
        for (int i = 0; i < count; i++) {
            EpochStart start = new EpochStart(in.i64("epoch"), in.i64("first LSN"));
            if (start.epoch() <= before.epoch() || start.firstLsn() <= before.firstLsn()) {
                throw in.malformed("epoch", EPOCH_START_BYTES, "one behind " + before, start.toString());
            }
            history.add(start);
            before = start;
        }
        return new Reconcile(history, last);
    }

    static void write(WireWriter out, Reconciled reconciled) {
        out.recordId(reconciled.last());
    }

    static Reconciled readReconciled(WireReader in) throws MalformedMessageException {
        return new Reconciled(in.recordId("last record"));
    }
}
