package io.kvgrid.spi.persistence;

import io.kvgrid.OperationId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The one byte layout of a record, in the log, on the wire and in a catch-up stream. Big-endian.
 *
 * <pre>
 *  offset width field
 *       0     2 magic 0x6B56 ("kV")
 *       2     1 version 1
 *       3     1 kind
 *       4     4 flags: bit 0 = has an operation id, bit 1 = has an expiry; others are refused
 *       8     8 epoch
 *      16     8 lsn
 *      24     4 checksum of the predecessor's header (the chain)
 *      28     4 map id
 *      32     8 grid time, milliseconds
 *      40     8 expiry, grid time in milliseconds; 0 without
 *      48    16 operation id: client
 *      64     8 operation id: number
 *      72     8 the client's floor: its lowest unsettled operation number (P19)
 *      80     4 key length
 *      84     4 value length
 *      88     4 CRC32C of key and value
 *      92     4 CRC32C of bytes 0 to 91
 *      96       key, then value
 * </pre>
 *
 * The body's checksum stands inside the header and the header's covers it, so one number, the header's checksum,
 * proves the whole record and, through the predecessor's, all of the log before it. Body and header are checksummed
 * apart so that the caller's thread can do the body before the record has its place: the loop's work does not grow
 * with the value. No checksum depends on a file (S5). Nothing in here is thread-confined: all methods are static and pure.
 */
public final class RecordFormat {
    /** Length of the fixed header in bytes. */
    public static final int HEADER_BYTES = 96;
    /** No record is longer than this; a longer length is refused before anything is allocated (S4, X4). */
    public static final int MAX_RECORD_BYTES = 1 << 26;

    static final int MAGIC = 0x6B56;
    static final int VERSION = 1;
    static final int FLAG_OPERATION = 1;
    static final int FLAG_EXPIRY = 2;

    static final int KIND = 3;
    static final int FLAGS = 4;
    static final int EPOCH = 8;
    static final int LSN = 16;
    static final int PREVIOUS = 24;
    static final int MAP_ID = 28;
    static final int GRID_TIME = 32;
    static final int EXPIRY = 40;
    static final int CLIENT = 48;
    static final int NUMBER = 64;
    static final int FLOOR = 72;
    static final int KEY_LENGTH = 80;
    static final int VALUE_LENGTH = 84;
    static final int BODY_CRC = 88;
    static final int HEADER_CRC = 92;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private RecordFormat() {}

    /**
     * Lays out a record's body behind room for its header, and checksums it. Called once, on the caller's thread.
     *
     * @throws IllegalArgumentException if the record would be longer than {@link #MAX_RECORD_BYTES}
     */
    public static RecordBody body(RecordKind kind, int mapId, byte[] key, byte[] value) {
        long length = (long) HEADER_BYTES + key.length + value.length;
        if (length > MAX_RECORD_BYTES) {
            throw new IllegalArgumentException(
                    "a record has " + length + " bytes, more than the limit of " + MAX_RECORD_BYTES);
        }
        byte[] bytes = new byte[(int) length];
        System.arraycopy(key, 0, bytes, HEADER_BYTES, key.length);
        System.arraycopy(value, 0, bytes, HEADER_BYTES + key.length, value.length);
        SHORT.set(bytes, 0, (short) MAGIC);
        bytes[2] = VERSION;
        bytes[KIND] = (byte) kind.code();
        INT.set(bytes, MAP_ID, mapId);
        INT.set(bytes, KEY_LENGTH, key.length);
        INT.set(bytes, VALUE_LENGTH, value.length);
        INT.set(bytes, BODY_CRC, crc(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES));
        return new RecordBody(bytes);
    }

    /**
     * Reads a body that {@link RecordBody#bytes} gave: a record whose place in the log is still blank. Takes all that
     * remains in {@code bytes}. Its bytes are copied; the body's checksum, made by the first writer, is checked and kept (S22).
     *
     * @throws InvalidRecordException if the bytes are no valid body
     */
    public static RecordBody readBody(ByteBuffer bytes) throws InvalidRecordException {
        int start = bytes.position();
        int length = bytes.remaining();
        if (length < HEADER_BYTES) {
            throw new InvalidRecordException("header", 0, HEADER_BYTES + " bytes", Integer.toString(length));
        }
        if ((bytes.getShort(start) & 0xFFFF) != MAGIC || bytes.get(start + 2) != VERSION) {
            throw new InvalidRecordException("magic and version", 0, Integer.toHexString(MAGIC) + " 1", "other");
        }
        int claimed = lengthOf(bytes.getInt(start + KEY_LENGTH), bytes.getInt(start + VALUE_LENGTH));
        if (claimed != length) {
            throw new InvalidRecordException("length", KEY_LENGTH, Integer.toString(length), Integer.toString(claimed));
        }
        byte[] copy = new byte[length];
        bytes.get(copy);
        checkBody(copy);
        if (getLong(copy, EPOCH) != 0 || getLong(copy, LSN) != 0 || getInt(copy, HEADER_CRC) != 0) {
            throw new InvalidRecordException("place in the log", EPOCH, "none yet", "one");
        }
        int flags = getInt(copy, FLAGS);
        if ((flags & ~FLAG_OPERATION) != 0) {
            throw new InvalidRecordException("flags", FLAGS, "bit 0 only", Integer.toHexString(flags));
        }
        checkKind(copy);
        checkOperation(copy);
        return new RecordBody(copy);
    }

    /** Fills in the header's remaining fields and its checksum; {@code body} is used up. */
    static LogRecord seal(RecordBody body, RecordId previous, long epoch, long gridTimeMillis, long expiryMillis) {
        byte[] bytes = body.take();
        LONG.set(bytes, EPOCH, epoch);
        LONG.set(bytes, LSN, previous.lsn() + 1);
        INT.set(bytes, PREVIOUS, previous.checksum());
        LONG.set(bytes, GRID_TIME, gridTimeMillis);
        LONG.set(bytes, EXPIRY, expiryMillis);
        int flags = getInt(bytes, FLAGS) & ~FLAG_EXPIRY;
        INT.set(bytes, FLAGS, expiryMillis == 0 ? flags : flags | FLAG_EXPIRY);
        INT.set(bytes, HEADER_CRC, crc(bytes, 0, HEADER_CRC));
        return new LogRecord(bytes);
    }

    /** Writes the operation's identity into a body that has no place in the log yet. */
    static void operation(byte[] bytes, UUID client, long number, long floor) {
        INT.set(bytes, FLAGS, getInt(bytes, FLAGS) | FLAG_OPERATION);
        LONG.set(bytes, CLIENT, client.getMostSignificantBits());
        LONG.set(bytes, CLIENT + 8, client.getLeastSignificantBits());
        LONG.set(bytes, NUMBER, number);
        LONG.set(bytes, FLOOR, floor);
    }

    /**
     * The length of the record that starts at {@code bytes.position()}, judged by its header alone. The position
     * does not move. At least {@link #HEADER_BYTES} must remain. The header's checksum is checked first, so that no
     * length of a damaged header is believed.
     *
     * @throws InvalidRecordException if no valid header starts there
     */
    public static int recordLength(ByteBuffer bytes) throws InvalidRecordException {
        int start = bytes.position();
        if (bytes.remaining() < HEADER_BYTES) {
            throw new InvalidRecordException("header", 0, HEADER_BYTES + " bytes", Integer.toString(bytes.remaining()));
        }
        int magic = bytes.getShort(start) & 0xFFFF;
        if (magic != MAGIC) {
            throw new InvalidRecordException("magic", 0, Integer.toHexString(MAGIC), Integer.toHexString(magic));
        }
        int headerCrc = bytes.getInt(start + HEADER_CRC);
        int computed = crc(bytes.slice(start, HEADER_CRC));
        if (headerCrc != computed) {
            throw new InvalidRecordException(
                    "header checksum", HEADER_CRC, Integer.toHexString(computed), Integer.toHexString(headerCrc));
        }
        int version = bytes.get(start + 2);
        if (version != VERSION) {
            throw new InvalidRecordException("version", 2, Integer.toString(VERSION), Integer.toString(version));
        }
        return lengthOf(bytes.getInt(start + KEY_LENGTH), bytes.getInt(start + VALUE_LENGTH));
    }

    /**
     * Reads the record that starts at {@code bytes.position()} and moves the position behind it. Its bytes are copied.
     * Checked in the order of S4: length, magic, checksums, then fields; the place in the log is the caller's to check.
     *
     * @throws InvalidRecordException if the bytes are no valid record, or end before it does
     */
    public static LogRecord read(ByteBuffer bytes) throws InvalidRecordException {
        int length = recordLength(bytes);
        if (length > bytes.remaining()) {
            throw new InvalidRecordException("length", KEY_LENGTH, "at most " + bytes.remaining(), "" + length);
        }
        byte[] copy = new byte[length];
        bytes.get(bytes.position(), copy);
        checkBody(copy);
        checkFields(copy);
        bytes.position(bytes.position() + length);
        return new LogRecord(copy);
    }

    private static void checkBody(byte[] bytes) throws InvalidRecordException {
        int claimed = getInt(bytes, BODY_CRC);
        int computed = crc(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
        if (claimed != computed) {
            throw new InvalidRecordException(
                    "body checksum", BODY_CRC, Integer.toHexString(computed), Integer.toHexString(claimed));
        }
    }

    private static void checkFields(byte[] bytes) throws InvalidRecordException {
        RecordKind kind = checkKind(bytes);
        int flags = getInt(bytes, FLAGS);
        if ((flags & ~(FLAG_OPERATION | FLAG_EXPIRY)) != 0) {
            throw new InvalidRecordException("flags", FLAGS, "bits 0 and 1 only", Integer.toHexString(flags));
        }
        if (getLong(bytes, EPOCH) <= 0) {
            throw new InvalidRecordException("epoch", EPOCH, "above 0", Long.toString(getLong(bytes, EPOCH)));
        }
        if (getLong(bytes, LSN) <= 0) {
            throw new InvalidRecordException("lsn", LSN, "above 0", Long.toString(getLong(bytes, LSN)));
        }
        if (getLong(bytes, GRID_TIME) < 0 || getLong(bytes, EXPIRY) < 0) {
            throw new InvalidRecordException("grid time or expiry", GRID_TIME, "0 or more", "a negative number");
        }
        boolean hasExpiry = (flags & FLAG_EXPIRY) != 0;
        if (hasExpiry != (getLong(bytes, EXPIRY) != 0) || (hasExpiry && kind != RecordKind.PUT)) {
            throw new InvalidRecordException("expiry", EXPIRY, "one exactly where its flag is set, on a put", "other");
        }
        checkOperation(bytes);
    }

    private static void checkOperation(byte[] bytes) throws InvalidRecordException {
        boolean hasOperation = (getInt(bytes, FLAGS) & FLAG_OPERATION) != 0;
        if (hasOperation && (getLong(bytes, NUMBER) < 0 || getLong(bytes, FLOOR) < 0)) {
            throw new InvalidRecordException("operation", NUMBER, "0 or more", "a negative number");
        }
    }

    /** Which parts a record of its kind may have. */
    private static RecordKind checkKind(byte[] bytes) throws InvalidRecordException {
        RecordKind kind = RecordKind.of(bytes[KIND]);
        int valueLength = getInt(bytes, VALUE_LENGTH);
        int keyLength = getInt(bytes, KEY_LENGTH);
        if (kind != RecordKind.PUT && valueLength != 0) {
            throw new InvalidRecordException("value length", VALUE_LENGTH, "0 for " + kind, "" + valueLength);
        }
        if (kind != RecordKind.PUT && kind != RecordKind.REMOVE && keyLength != 0) {
            throw new InvalidRecordException("key length", KEY_LENGTH, "0 for " + kind, "" + keyLength);
        }
        return kind;
    }

    private static int lengthOf(int keyLength, int valueLength) throws InvalidRecordException {
        if (keyLength < 0 || keyLength > MAX_RECORD_BYTES) {
            throw new InvalidRecordException("key length", KEY_LENGTH, "0 to " + MAX_RECORD_BYTES, "" + keyLength);
        }
        if (valueLength < 0 || valueLength > MAX_RECORD_BYTES) {
            throw new InvalidRecordException(
                    "value length", VALUE_LENGTH, "0 to " + MAX_RECORD_BYTES, "" + valueLength);
        }
        long length = (long) HEADER_BYTES + keyLength + valueLength;
        if (length > MAX_RECORD_BYTES) {
            throw new InvalidRecordException("length", KEY_LENGTH, "at most " + MAX_RECORD_BYTES, "" + length);
        }
        return (int) length;
    }

    /** The operation that the record or body names. */
    static Optional<OperationId> operation(byte[] bytes) {
        if ((getInt(bytes, FLAGS) & FLAG_OPERATION) == 0) {
            return Optional.empty();
        }
        return Optional.of(new OperationId(
                new UUID(getLong(bytes, CLIENT), getLong(bytes, CLIENT + Long.BYTES)), getLong(bytes, NUMBER)));
    }

    static int getInt(byte[] bytes, int offset) {
        return (int) INT.get(bytes, offset);
    }

    static long getLong(byte[] bytes, int offset) {
        return (long) LONG.get(bytes, offset);
    }

    private static int crc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
