package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Locale;

/** Prints what a store holds, one line for each entry and record. */
final class StoreDump implements RecoveryHandler {
    private final PrintWriter out;
    private final long from;
    private final boolean data;

    /**
     * @param from the first LSN to show; above 1 the snapshot's entries are left out
     * @param data whether to show keys and values
     */
    StoreDump(PrintWriter out, long from, boolean data) {
        this.out = out;
        this.from = from;
        this.data = data;
    }

    @Override
    public void base(RecordId id, ByteBuffer state) {
        out.println("snapshot " + id + " state=" + state.remaining() + " bytes");
    }

    @Override
    public void entry(SnapshotEntry entry) {
        ByteBuffer value = entry.value();
        if (from <= 1 && value != null) {
            out.println("entry map=" + entry.mapId() + " version=" + entry.version() + expiry(entry.expiryMillis())
                    + content(entry.key(), value));
        }
    }

    @Override
    public void record(LogRecord record) {
        if (record.lsn() >= from) {
            out.println(record.lsn() + " " + record.kind().name().toLowerCase(Locale.ROOT) + " epoch=" + record.epoch()
                    + " map=" + record.mapId() + expiry(record.expiryMillis()) + content(record.key(), record.value())
                    + record.operation().map(id -> " operation=" + id).orElse("") + " "
                    + record.id());
        }
    }

    @Override
    public void committed(long lsn) {
        if (lsn >= from) {
            out.println("committed " + lsn);
        }
    }

    private static String expiry(long millis) {
        return millis == 0 ? "" : " expires=" + millis;
    }

    private String content(ByteBuffer key, ByteBuffer value) {
        return data
                ? " key=" + hex(key) + " value=" + hex(value)
                : " key=" + key.remaining() + " bytes value=" + value.remaining() + " bytes";
    }

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.of().formatHex(copy);
    }
}
