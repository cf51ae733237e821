package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.LogRecord;
import java.nio.ByteBuffer;

/** Records on their way into one group: one write, one force. Log thread only. */
final class GroupBuffer {
    /** A group is not made larger than this, unless a single record is. */
    static final int MAX_BYTES = 1 << 20;

    private ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 12).position(GroupHeader.BYTES);
    private long firstLsn;
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    /** Length of the whole group so far, header included. */
    int length() {
        return bytes.position();
    }

    /** Adds the record that follows the last one added. */
    void add(LogRecord record) {
        if (bytes.remaining() < record.length()) {
            int needed = bytes.position() + record.length();
            int capacity = Math.max(needed, Math.min(2 * bytes.capacity(), MAX_BYTES));
            bytes = ByteBuffer.allocateDirect(capacity).put(bytes.flip());
        }
        if (count == 0) {
            firstLsn = record.lsn();
        }
        record.writeTo(bytes);
        count++;
    }

    /** How many records it holds. */
    int count() {
        return count;
    }

    long lastLsn() {
        return firstLsn + count - 1;
    }

    /** Puts the header before the records and gives the whole group, to be written; {@link #clear} comes next. */
    ByteBuffer seal(long salt, long durableLsn, long commitLsn) {
        int length = bytes.position() - GroupHeader.BYTES;
        new GroupHeader(length, firstLsn, durableLsn, commitLsn, count).encode(bytes, salt);
        return bytes.flip();
    }

    void clear() {
        if (bytes.capacity() > 2 * MAX_BYTES) {
            bytes = ByteBuffer.allocateDirect(MAX_BYTES); // do not keep room for the one huge record
        }
        bytes.clear().position(GroupHeader.BYTES);
        count = 0;
    }
}
