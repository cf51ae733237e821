package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.InvalidRecordException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordId;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads the groups of one segment in order and proves each: group header, then per record length, magic, checksums,
 * LSN and chain (S4). What it gives is an exact prefix of what was appended; anything else is {@link Damage}.
 */
final class SegmentReader {
    private final ReadWindow window;
    private final long salt;
    private final String path;
    private final boolean sealed;
    private long groupPosition;
    private long groupEnd;

    /** Reads from behind the header to {@code end}: of a sealed segment its last group's end, else of its space. */
    SegmentReader(ReadWindow window, DiskFile file, SegmentInfo info, String path, long end) {
        this(window, file, info, path, FileHeader.BYTES, end);
    }

    /** Reads from {@code position}, where a group starts. */
    SegmentReader(ReadWindow window, DiskFile file, SegmentInfo info, String path, long position, long end) {
        this.window = window;
        this.salt = info.salt();
        this.path = path;
        this.sealed = info.sealed();
        this.groupPosition = position;
        this.groupEnd = position;
        window.open(file, position, end);
    }

    /**
     * Reads a whole sealed segment and proves every byte of it.
     *
     * @throws Damage if it is not what was written
     */
    static void prove(Disk disk, SegmentInfo sealed, ReadWindow window) throws IOException, Damage {
        String path = disk.path(sealed.fileName());
        try (DiskFile file = disk.open(sealed.fileName())) {
            SegmentReader reader = new SegmentReader(window, file, sealed, path, sealed.check(file, path));
            RecordId last = sealed.before();
            while (reader.hasNextGroup()) {
                reader.nextGroup(last);
                while (reader.hasNextRecord()) {
                    last = reader.nextRecord(last).id();
                }
            }
        }
    }

    /** Whether every byte up to its end is known to be forced. */
    boolean sealed() {
        return sealed;
    }

    /** Whether the next bytes are zeros, as many as a group's header has. */
    boolean atZeros() throws IOException {
        ByteBuffer bytes = window.next(GroupHeader.BYTES);
        return bytes.remaining() < GroupHeader.BYTES || GroupHeader.isZero(bytes, bytes.position());
    }

    /** Position of the present group's header. */
    long groupPosition() {
        return groupPosition;
    }

    /** Position behind the present group: where the next one starts, or the log ends. */
    long groupEnd() {
        return groupEnd;
    }

    /** Whether the segment has more; of a growing one that shows only at {@link #nextGroup}. */
    boolean hasNextGroup() {
        return window.remaining() > 0 || !sealed;
    }

    /**
     * Reads the next group's header.
     *
     * @param previous the last record before it
     * @throws Damage if none is there: damage, or the end of a growing segment
     */
    GroupHeader nextGroup(RecordId previous) throws IOException, Damage {
        groupPosition = window.position();
        groupEnd = groupPosition;
        ByteBuffer bytes = window.next(GroupHeader.BYTES);
        int start = bytes.position();
        if (bytes.remaining() < GroupHeader.BYTES) {
            throw damage(groupPosition, "a group", "the end of the file");
        }
        if (!GroupHeader.isAt(bytes, start, salt)) {
            throw damage(groupPosition, "a group", GroupHeader.describe(bytes, start));
        }
        GroupHeader header = GroupHeader.decode(bytes, start);
        if (header.firstLsn() != previous.lsn() + 1) {
            throw damage(groupPosition, "first lsn " + (previous.lsn() + 1), Long.toString(header.firstLsn()));
        }
        if (header.length() > window.remaining() - GroupHeader.BYTES) {
            throw damage(groupPosition, "a group within the segment", header.length() + " bytes");
        }
        bytes.position(start + GroupHeader.BYTES);
        groupEnd = window.position() + header.length();
        return header;
    }

    /** Whether the present group has another record. */
    boolean hasNextRecord() {
        return window.position() < groupEnd;
    }

    /** Reads the present group's next record, which must follow {@code previous}. */
    LogRecord nextRecord(RecordId previous) throws IOException, Damage {
        long position = window.position();
        long left = groupEnd - position;
        try {
            ByteBuffer bytes = window.next((int) Math.min(RecordFormat.HEADER_BYTES, left));
            int length = RecordFormat.recordLength(bytes);
            if (length > left) {
                throw damage(position, "a record of at most " + left + " bytes", length + " bytes");
            }
            LogRecord record = RecordFormat.read(window.next(length));
            if (!record.follows(previous)) {
                throw damage(position, "a record that follows " + previous, record.toString());
            }
            return record;
        } catch (InvalidRecordException e) {
            throw new Damage(path, position, e);
        }
    }

    private Damage damage(long position, String expected, String found) {
        return new Damage(path, position, expected, found);
    }
}
