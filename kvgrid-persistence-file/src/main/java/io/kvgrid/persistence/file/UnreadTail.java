package io.kvgrid.persistence.file;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What lies behind the place where a growing segment stops to make sense. A valid group header there is evidence: it
 * names an lsn whose force had returned before it was written (S6). Later records alone are none (S14).
 *
 * @param nonZeroEnd position behind the last byte that is not zero; a zero tail is the end of the log (S20)
 * @param durableLsn highest watermark found, 0 if none
 * @param headerPosition position of the header that has it
 * @param scanned how many bytes were read
 */
record UnreadTail(long nonZeroEnd, long durableLsn, long headerPosition, long scanned) {
    private static final int STEP_BYTES = 1 << 20;
    private static final ByteBuffer ZEROS =
            ByteBuffer.allocateDirect(STEP_BYTES).asReadOnlyBuffer();

    /** Searches {@code [start, end)} at every byte; stops early once it has found that {@code lostLsn} was durable. */
    static UnreadTail scan(DiskFile file, long start, long end, long salt, long lostLsn) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) Math.min(STEP_BYTES, end - start));
        long position = start;
        long nonZeroEnd = start;
        long durableLsn = 0;
        long headerPosition = 0;
        int length = 1;
        while (position < end && durableLsn < lostLsn && length > 0) {
            bytes.clear().limit((int) Math.min(bytes.capacity(), end - position));
            length = file.readFully(bytes, position);
            bytes.flip();
            for (int i = nextNonZero(bytes, 0); i < length; i = nextNonZero(bytes, i + 1)) {
                nonZeroEnd = position + i + 1;
                if (length - i >= GroupHeader.BYTES && GroupHeader.isAt(bytes, i, salt)) {
                    long found = GroupHeader.decode(bytes, i).durableLsn();
                    if (found > durableLsn) {
                        durableLsn = found;
                        headerPosition = position + i;
                    }
                }
            }
            boolean more = position + length < end && length >= GroupHeader.BYTES;
            position += more ? length - GroupHeader.BYTES + 1 : length; // a header may lie on the border
        }
        return new UnreadTail(nonZeroEnd, durableLsn, headerPosition, position - start);
    }

    private static int nextNonZero(ByteBuffer bytes, int from) {
        int limit = bytes.limit();
        if (from >= limit || bytes.get(from) != 0) {
            return from;
        }
        int zeros = bytes.slice(from, limit - from).mismatch(ZEROS.slice(0, limit - from));
        return zeros < 0 ? limit : from + zeros;
    }
}
