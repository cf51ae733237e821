package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a snapshot. Big-endian.
 *
 * <pre>
 *  offset width field
 *       0     4 map id
 *       4     8 version: lsn of the record that wrote the entry
 *      12     8 expiry, grid time in milliseconds; 0 for never
 *      20     4 key length
 *      24     4 value length; -1 for a removal, which only files in the making have
 *      28       key, then value
 * </pre>
 */
final class EntryCodec {
    /** What an entry has beside key and value. */
    static final int FIXED_BYTES = 28;

    private EntryCodec() {}

    static int length(SnapshotEntry entry) {
        ByteBuffer value = entry.value();
        return FIXED_BYTES + entry.key().remaining() + (value == null ? 0 : value.remaining());
    }

    static void write(SnapshotEntry entry, ByteBuffer target) {
        ByteBuffer value = entry.value();
        target.putInt(entry.mapId()).putLong(entry.version()).putLong(entry.expiryMillis());
        target.putInt(entry.key().remaining()).putInt(value == null ? -1 : value.remaining());
        target.put(entry.key().duplicate());
        if (value != null) {
            target.put(value.duplicate());
        }
    }

    /** Reads one entry; its bytes are copied. Lengths are checked before anything is allocated. */
    static SnapshotEntry read(ByteBuffer bytes, String path, long position) throws Damage {
        if (bytes.remaining() < FIXED_BYTES) {
            throw new Damage(path, position, "an entry", bytes.remaining() + " bytes");
        }
        int mapId = bytes.getInt();
        long version = bytes.getLong();
        long expiry = bytes.getLong();
        int keyLength = bytes.getInt();
        int valueLength = bytes.getInt();
        long limit = Math.min(bytes.remaining(), RecordFormat.MAX_RECORD_BYTES);
        if (keyLength < 0 || valueLength < -1 || (long) keyLength + Math.max(0, valueLength) > limit) {
            throw new Damage(
                    path, position, "key and value of at most " + limit + " bytes", keyLength + " and " + valueLength);
        }
        ByteBuffer key = copy(bytes, keyLength);
        @Nullable ByteBuffer value = valueLength < 0 ? null : copy(bytes, valueLength);
        return new SnapshotEntry(mapId, key, value, version, expiry);
    }

    private static ByteBuffer copy(ByteBuffer bytes, int length) {
        byte[] copy = new byte[length];
        bytes.get(copy);
        return ByteBuffer.wrap(copy);
    }
}
