package io.kvgrid.persistence.file;

import java.nio.ByteBuffer;

/**
 * What stands before the records that were written and forced together. Local to the file and no part of any record
 * (S5). Big-endian.
 *
 * <pre>
 *  offset width field
 *       0     4 magic "kvGr"
 *       4     4 length of the records that follow, in bytes
 *       8     8 the segment's salt
 *      16     8 lsn of the first record
 *      24     8 durable watermark: last lsn whose force had returned before this group was written (S6)
 *      32     8 commit index: all records up to this lsn are known to be committed; not above the watermark
 *      40     4 number of records
 *      44     4 CRC32C of the salt and bytes 0 to 43
 *      48       the records, each as RecordFormat lays it out, with its own checksums
 * </pre>
 *
 * @param length bytes of the records behind the header
 * @param count how many records
 */
record GroupHeader(int length, long firstLsn, long durableLsn, long commitLsn, int count) {
    static final int BYTES = 48;
    static final int MAGIC = 0x6B76_4772;

    private static final int CRC = 44;

    long lastLsn() {
        return firstLsn + count - 1;
    }

    /** Writes the header to the first {@link #BYTES} bytes of {@code target}; its position does not move. */
    void encode(ByteBuffer target, long salt) {
        target.putInt(0, MAGIC)
                .putInt(4, length)
                .putLong(8, salt)
                .putLong(16, firstLsn)
                .putLong(24, durableLsn)
                .putLong(32, commitLsn)
                .putInt(40, count)
                .putInt(CRC, Checksum.salted(salt, target, 0, CRC));
    }

    /** Whether a valid header of the segment with that salt starts at {@code start}, where {@link #BYTES} remain. */
    static boolean isAt(ByteBuffer bytes, int start, long salt) {
        return bytes.getInt(start) == MAGIC
                && bytes.getLong(start + 8) == salt
                && bytes.getInt(start + CRC) == Checksum.salted(salt, bytes, start, CRC);
    }

    /** The header at {@code start}, which {@link #isAt} found valid. */
    static GroupHeader decode(ByteBuffer bytes, int start) {
        return new GroupHeader(
                bytes.getInt(start + 4),
                bytes.getLong(start + 16),
                bytes.getLong(start + 24),
                bytes.getLong(start + 32),
                bytes.getInt(start + 40));
    }

    /** What stands where a valid header was expected, for messages. */
    static String describe(ByteBuffer bytes, int start) {
        if (isZero(bytes, start)) {
            return "zeros";
        }
        return bytes.getInt(start) == MAGIC ? "a group with a wrong salt or checksum" : "other bytes";
    }

    static boolean isZero(ByteBuffer bytes, int start) {
        for (int i = 0; i < BYTES; i += Long.BYTES) {
            if (bytes.getLong(start + i) != 0) {
                return false;
            }
        }
        return true;
    }
}
