package io.kvgrid.spi.persistence;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The rows that {@link EntryStoreAdapter} keeps in an {@link EntryStore}. Big-endian.
 *
 * <pre>
 *  row        key                                      value, behind its CRC32C (4 bytes, over key and value)
 *  format     00                                       magic 0x6B764553 ("kvES"), version 1 (4 + 4)
 *  metadata   01                                       the metadata
 *  base       02                                       generation, epoch, lsn, record checksum (8 + 8 + 8 + 4), state
 *  committed  03                                       lsn (8)
 *  tail       04, lsn (8)                              the record; without a CRC of ours, it has its own
 *  entry      05, generation (8), map id (4), key      version, expiry (8 + 8), value
 * </pre>
 *
 * An entry counts only if its generation is the base's: a refill is written under a new generation beside the old one
 * and switched by one change of the base row. Without a base row no entry counts. A tail row that was moved to the
 * entries is deleted in the same batch.
 */
final class RowFormat {
    static final byte FORMAT = 0;
    static final byte METADATA = 1;
    static final byte BASE = 2;
    static final byte COMMITTED = 3;
    static final byte TAIL = 4;
    static final byte ENTRY = 5;

    private static final int MAGIC = 0x6B764553;
    private static final int VERSION = 1;
    private static final int ENTRY_KEY_BYTES = 1 + Long.BYTES + Integer.BYTES;

    private RowFormat() {}

    static EntryStore.Change format() {
        return put(
                key(FORMAT),
                ByteBuffer.allocate(8).putInt(MAGIC).putInt(VERSION).flip());
    }

    static void checkFormat(byte[] key, byte[] value) {
        ByteBuffer found = payload(key, value, 8);
        int magic = found.getInt();
        int version = found.getInt();
        if (magic != MAGIC || version != VERSION) {
            throw new CorruptLogException("row " + name(key) + ": expected magic " + Integer.toHexString(MAGIC)
                    + " and version " + VERSION + ", found " + Integer.toHexString(magic) + " and " + version);
        }
    }

    static EntryStore.Change metadata(ByteBuffer metadata) {
        return put(key(METADATA), metadata);
    }

    static EntryStore.Change base(long generation, RecordId id, ByteBuffer state) {
        ByteBuffer head = ByteBuffer.allocate(28);
        head.putLong(generation).putLong(id.epoch()).putLong(id.lsn()).putInt(id.checksum());
        return put(key(BASE), head.flip(), state);
    }

    static EntryStore.Change deleteBase() {
        return EntryStore.Change.delete(key(BASE));
    }

    static EntryStore.Change committed(long lsn) {
        return put(key(COMMITTED), ByteBuffer.allocate(8).putLong(lsn).flip());
    }

    static EntryStore.Change tail(LogRecord record) {
        byte[] bytes = new byte[record.length()];
        record.writeTo(ByteBuffer.wrap(bytes));
        return EntryStore.Change.put(tailKey(record.lsn()), bytes);
    }

    static EntryStore.Change deleteTail(long lsn) {
        return EntryStore.Change.delete(tailKey(lsn));
    }

    /** Reads a tail row. */
    static LogRecord record(byte[] key, byte[] value) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(value);
            LogRecord record = RecordFormat.read(bytes);
            if (bytes.hasRemaining() || !Arrays.equals(key, tailKey(record.lsn()))) {
                throw new CorruptLogException("row " + name(key) + " holds " + record + " and " + bytes.remaining()
                        + " more bytes, expected that record alone under its own LSN");
            }
            return record;
        } catch (InvalidRecordException e) {
            throw new CorruptLogException("row " + name(key) + ": " + e.getMessage(), e);
        }
    }

    /** Sets or deletes the row of {@code entry}. */
    static EntryStore.Change entry(long generation, SnapshotEntry entry) {
        ByteBuffer key = ByteBuffer.allocate(ENTRY_KEY_BYTES + entry.key().remaining());
        key.put(ENTRY).putLong(generation).putInt(entry.mapId()).put(entry.key().duplicate());
        ByteBuffer value = entry.value();
        if (value == null) {
            return EntryStore.Change.delete(key.array());
        }
        ByteBuffer head = ByteBuffer.allocate(16).putLong(entry.version()).putLong(entry.expiryMillis());
        return put(key.array(), head.flip(), value);
    }

    /** The generation of an entry row. */
    static long generation(byte[] key) {
        if (key.length < ENTRY_KEY_BYTES) {
            throw new CorruptLogException("row " + name(key) + ": expected a key of at least " + ENTRY_KEY_BYTES
                    + " bytes, found " + key.length);
        }
        return ByteBuffer.wrap(key).getLong(1);
    }

    /** Reads an entry row. */
    static SnapshotEntry entry(byte[] key, byte[] value) {
        ByteBuffer payload = payload(key, value, 16);
        ByteBuffer entryKey = ByteBuffer.wrap(key, ENTRY_KEY_BYTES, key.length - ENTRY_KEY_BYTES);
        return new SnapshotEntry(
                ByteBuffer.wrap(key).getInt(1 + Long.BYTES),
                entryKey.slice(),
                payload.slice(payload.position() + 16, payload.remaining() - 16),
                payload.getLong(),
                payload.getLong());
    }

    /**
     * What a row of any type but {@link #TAIL} holds.
     *
     * @param min the fewest bytes it must have
     * @throws CorruptLogException if the row does not carry its checksum
     */
    static ByteBuffer payload(byte[] key, byte[] value, int min) {
        if (value.length < Integer.BYTES + min) {
            throw new CorruptLogException("row " + name(key) + ": expected at least " + (Integer.BYTES + min)
                    + " bytes, found " + value.length);
        }
        ByteBuffer bytes = ByteBuffer.wrap(value);
        int found = bytes.getInt();
        int expected = crc(key, bytes.duplicate());
        if (found != expected) {
            throw new CorruptLogException("row " + name(key) + ": expected checksum " + Integer.toHexString(expected)
                    + ", found " + Integer.toHexString(found));
        }
        return bytes;
    }

    /** A row's name in messages: its type and place, never a key of the application (X11). */
    static String name(byte[] key) {
        byte type = key.length == 0 ? -1 : key[0];
        return switch (type) {
            case FORMAT -> "format";
            case METADATA -> "metadata";
            case BASE -> "base";
            case COMMITTED -> "committed";
            case TAIL -> "tail " + (key.length == 9 ? ByteBuffer.wrap(key).getLong(1) : "with a bad key");
            case ENTRY -> "entry with a key of " + key.length + " bytes";
            default -> "of unknown type " + type;
        };
    }

    private static byte[] key(byte type) {
        return new byte[] {type};
    }

    private static byte[] tailKey(long lsn) {
        return ByteBuffer.allocate(9).put(TAIL).putLong(lsn).array();
    }

    private static EntryStore.Change put(byte[] key, ByteBuffer... parts) {
        int length = Integer.BYTES;
        for (ByteBuffer part : parts) {
            length += part.remaining();
        }
        ByteBuffer value = ByteBuffer.allocate(length).putInt(0);
        for (ByteBuffer part : parts) {
            value.put(part.duplicate());
        }
        value.putInt(0, crc(key, value.duplicate().flip().position(Integer.BYTES)));
        return EntryStore.Change.put(key, value.array());
    }

    private static int crc(byte[] key, ByteBuffer payload) {
        CRC32C crc = new CRC32C();
        crc.update(key);
        crc.update(payload);
        return (int) crc.getValue();
    }
}
