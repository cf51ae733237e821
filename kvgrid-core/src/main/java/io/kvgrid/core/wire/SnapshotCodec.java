package io.kvgrid.core.wire;

import io.kvgrid.core.message.Message.SnapshotAck;
import io.kvgrid.core.message.Message.SnapshotChunk;
import io.kvgrid.core.message.Message.SnapshotEnd;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot on its way (P33). A record id is epoch (8), LSN (8) and checksum (4).
 *
 * <pre>
 *  SnapshotChunk                   SnapshotEnd                     SnapshotAck
 *  offset width field              offset width field              offset width field
 *       0     8 snapshot id             0     8 snapshot id             0     8 snapshot id
 *       8     4 number                  8     4 number                  8     4 number, -1 before the first
 *      12     4 number of entries      12    20 label                  12
 *      16       entries                32     4 length of state
 *                                      36       state
 *
 *  entry
 *  offset width field
 *       0     4 map id
 *       4     8 version
 *      12     8 expiry, grid time in milliseconds; 0 for never
 *      20     4 key length
 *      24     4 value length; -1 for a removal
 *      28       key, then value
 * </pre>
 */
final class SnapshotCodec {
    static final int CHUNK_HEADER_BYTES = Long.BYTES + Integer.BYTES + Integer.BYTES;
    static final int END_HEADER_BYTES = Long.BYTES + Integer.BYTES + WireWriter.RECORD_ID_BYTES + Integer.BYTES;

    private static final int ENTRY_HEADER_BYTES = 28;
    private static final int REMOVAL = -1;

    private SnapshotCodec() {}

    static void write(WireWriter out, SnapshotChunk chunk) {
        List<SnapshotEntry> entries = chunk.entries();
        int bytes = CHUNK_HEADER_BYTES;
        for (SnapshotEntry entry : entries) {
            bytes += entry.length();
        }
        out.reserve(bytes).i64(chunk.snapshotId()).i32(chunk.number()).i32(entries.size());
        for (SnapshotEntry entry : entries) {
            write(out, entry);
        }
    }

    private static void write(WireWriter out, SnapshotEntry entry) {
        ByteBuffer value = entry.value();
        out.i32(entry.mapId())
                .i64(entry.version())
                .i64(entry.expiryMillis())
                .i32(entry.key().remaining())
                .i32(value == null ? REMOVAL : value.remaining())
                .bytes(entry.key());
        if (value != null) {
            out.bytes(value);
        }
    }

    static SnapshotChunk readChunk(WireReader in) throws MalformedMessageException {
        long snapshotId = in.i64("snapshot id");
        int number = in.atLeast(0, "number");
        int count = in.count("number of entries", ENTRY_HEADER_BYTES);
        List<SnapshotEntry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(readEntry(in));
        }
        return new SnapshotChunk(snapshotId, number, entries);
    }

    private static SnapshotEntry readEntry(WireReader in) throws MalformedMessageException {
        int mapId = in.i32("map id");
        long version = in.atLeast(0L, "version");
        long expiry = in.atLeast(0L, "expiry");
        int keyLength = in.i32("key length");
        int valueLength = in.i32("value length");
        ByteBuffer key = in.bytes("key", keyLength);
        @Nullable ByteBuffer value = valueLength == REMOVAL ? null : in.bytes("value", valueLength);
        return new SnapshotEntry(mapId, key, value, version, expiry);
    }

    static void write(WireWriter out, SnapshotEnd end) {
        ByteBuffer state = end.state();
        out.i64(end.snapshotId())
                .i32(end.number())
                .recordId(end.label())
                .i32(state.remaining())
                .bytes(state);
    }

    static SnapshotEnd readEnd(WireReader in) throws MalformedMessageException {
        long snapshotId = in.i64("snapshot id");
        int number = in.atLeast(0, "number");
        RecordId label = in.recordId("label");
        int length = in.i32("length of state");
        return new SnapshotEnd(snapshotId, number, label, in.bytes("state", length));
    }

    static void write(WireWriter out, SnapshotAck ack) {
        out.i64(ack.snapshotId()).i32(ack.number());
    }

    static SnapshotAck readAck(WireReader in) throws MalformedMessageException {
        return new SnapshotAck(in.i64("snapshot id"), in.atLeast(-1, "number"));
    }
}
