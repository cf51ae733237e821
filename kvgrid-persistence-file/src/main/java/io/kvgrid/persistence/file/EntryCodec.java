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

    private static final int KEY_LENGTH = 20;
    private static final int VALUE_LENGTH = 24;

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

    /**
     * Length of the encoded entry that starts at {@code start}.
     *
     * @param position of it in the file at {@code path}, for messages
     * @throws Damage if none is there whose key and value end before the limit of {@code bytes}
     */
    static int length(ByteBuffer bytes, int start, String path, long position) throws Damage {
        int remaining = bytes.limit() - start;
        if (remaining < FIXED_BYTES) {
            throw new Damage(path, position, "an entry", remaining + " bytes");
        }
        int keyLength = bytes.getInt(start + KEY_LENGTH);
        int valueLength = bytes.getInt(start + VALUE_LENGTH);
        long limit = Math.min(remaining - FIXED_BYTES, RecordFormat.MAX_RECORD_BYTES);
        if (keyLength < 0 || valueLength < -1 || (long) keyLength + Math.max(0, valueLength) > limit) {
            throw new Damage(
                    path, position, "key and value of at most " + limit + " bytes", keyLength + " and " + valueLength);
        }
        return FIXED_BYTES + keyLength + Math.max(0, valueLength);
    }

    /** CRC32C of map id and key of the entry at {@code start}, whose length is proven; see {@link #hash(SnapshotEntry)}. */
    static int hash(ByteBuffer bytes, int start) {
        return Checksum.salted(bytes.getInt(start), bytes, start + FIXED_BYTES, bytes.getInt(start + KEY_LENGTH));
    }

    /** CRC32C of the map id, as eight bytes, and the key. */
    static int hash(SnapshotEntry entry) {
        ByteBuffer key = entry.key();
        return Checksum.salted(entry.mapId(), key, key.position(), key.remaining());
    }

    /** Whether two encoded entries, whose lengths are proven, have the same map and key. */
    static boolean sameKey(ByteBuffer one, int start, ByteBuffer other, int otherStart) {
        int keyLength = one.getInt(start + KEY_LENGTH);
        return one.getInt(start) == other.getInt(otherStart)
                && keyLength == other.getInt(otherStart + KEY_LENGTH)
                && one.slice(start + FIXED_BYTES, keyLength).equals(other.slice(otherStart + FIXED_BYTES, keyLength));
    }

    /** Whether the encoded entry at {@code start} is no removal. */
    static boolean hasValue(ByteBuffer bytes, int start) {
        return bytes.getInt(start + VALUE_LENGTH) >= 0;
    }

    /** The encoded entry at {@code start}, whose length is proven. */
    static ByteBuffer slice(ByteBuffer bytes, int start) {
        int values = Math.max(0, bytes.getInt(start + VALUE_LENGTH));
        return bytes.slice(start, FIXED_BYTES + bytes.getInt(start + KEY_LENGTH) + values);
    }

    /** Reads one entry; its bytes are copied. Lengths are checked before anything is allocated. */
    static SnapshotEntry read(ByteBuffer bytes, String path, long position) throws Damage {
        length(bytes, bytes.position(), path, position);
        int mapId = bytes.getInt();
        long version = bytes.getLong();
        long expiry = bytes.getLong();
        int keyLength = bytes.getInt();
        int valueLength = bytes.getInt();
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
