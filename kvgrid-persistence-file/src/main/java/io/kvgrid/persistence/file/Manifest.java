package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which files make up the store: at most one snapshot, and the segments behind it in LSN order, of which the last one
 * grows. The first segments may hold records that the snapshot contains already. A change of several files commits when
 * one manifest replaces another (S13). Immutable. Big-endian:
 *
 * <pre>
 *  offset width field
 *       0     8 magic "kvgridMF"
 *       8     4 version 1
 *      12     4 feature bits, none defined
 *      16     8 generation, from 1
 *      24     8 next file id
 *      32     4 number of snapshots, 0 or 1
 *      36     4 number of segments
 *      40    44 the snapshot: id 8, salt 8, label (epoch 8, lsn 8, checksum 4), footer's position 8
 *       …    52 each segment: id 8, salt 8, record before it (epoch 8, lsn 8, checksum 4), end 8, durable lsn 8
 *       …     4 CRC32C of all before
 * </pre>
 */
record Manifest(long generation, long nextId, @Nullable SnapshotInfo snapshot, List<SegmentInfo> segments) {
    static final Manifest EMPTY = new Manifest(1, 1, null, List.of());

    private static final long MAGIC = 0x6B76_6772_6964_4D46L;
    private static final int VERSION = 1;
    private static final int FIXED_BYTES = 40;
    private static final int SNAPSHOT_BYTES = 44;
    private static final int SEGMENT_BYTES = 52;

    Manifest {
        segments = List.copyOf(segments);
    }

    /** The last record that the snapshot contains; the log counts from behind it. */
    RecordId base() {
        return snapshot == null ? RecordId.NONE : snapshot.label();
    }

    /** The segments that hold what comes behind the base; those before them are kept for peers alone (P34). */
    List<SegmentInfo> needed() {
        return segments.subList(firstBehind(base().lsn()), segments.size());
    }

    /** Index of the first segment that is still needed above a snapshot up to {@code lsn}: the last one always is. */
    int firstBehind(long lsn) {
        int first = 0;
        while (first + 1 < segments.size() && segments.get(first + 1).before().lsn() <= lsn) {
            first++;
        }
        return first;
    }

    Manifest next(long nextFileId, @Nullable SnapshotInfo newSnapshot, List<SegmentInfo> newSegments) {
        return new Manifest(generation + 1, nextFileId, newSnapshot, newSegments);
    }

    Set<String> fileNames() {
        Set<String> names = new HashSet<>();
        segments.forEach(segment -> names.add(segment.fileName()));
        if (snapshot != null) {
            names.add(snapshot.fileName());
        }
        return names;
    }

    ByteBuffer encode() {
        int count = snapshot == null ? 0 : 1;
        ByteBuffer bytes = ByteBuffer.allocate(length(count, segments.size()));
        bytes.putLong(MAGIC).putInt(VERSION).putInt(0).putLong(generation).putLong(nextId);
        bytes.putInt(count).putInt(segments.size());
        if (snapshot != null) {
            bytes.putLong(snapshot.id()).putLong(snapshot.salt());
            put(bytes, snapshot.label());
            bytes.putLong(snapshot.footer());
        }
        for (SegmentInfo segment : segments) {
            bytes.putLong(segment.id()).putLong(segment.salt());
            put(bytes, segment.before());
            bytes.putLong(segment.end()).putLong(segment.durableLsn());
        }
        bytes.putInt(Checksum.of(bytes, 0, bytes.position()));
        return bytes.flip();
    }

    /** Reads what {@link #encode} wrote; {@code bytes} holds the whole file. */
    static Manifest decode(ByteBuffer bytes, String path) throws Damage {
        int length = bytes.remaining();
        if (length < FIXED_BYTES + Integer.BYTES) {
            throw new Damage(path, 0, "a manifest", length + " bytes");
        }
        int crc = Checksum.of(bytes, 0, length - Integer.BYTES);
        int stored = bytes.getInt(length - Integer.BYTES);
        if (bytes.getLong(0) != MAGIC) {
            throw new Damage(path, 0, Long.toHexString(MAGIC), Long.toHexString(bytes.getLong(0)));
        }
        if (stored != crc) {
            throw new Damage(path, length - Integer.BYTES, Integer.toHexString(crc), Integer.toHexString(stored));
        }
        FileHeader.requireKnown(path, VERSION, bytes.getInt(8), bytes.getInt(12));
        int snapshots = bytes.getInt(32);
        int segmentCount = bytes.getInt(36);
        if (length != length(snapshots, segmentCount)) {
            throw new Damage(path, 32, "counts that fit the length", snapshots + " and " + segmentCount);
        }
        bytes.position(FIXED_BYTES);
        SnapshotInfo snapshot = snapshots == 0
                ? null
                : new SnapshotInfo(bytes.getLong(), bytes.getLong(), recordId(bytes), bytes.getLong());
        List<SegmentInfo> segments = new ArrayList<>();
        for (int i = 0; i < segmentCount; i++) {
            segments.add(new SegmentInfo(
                    bytes.getLong(), bytes.getLong(), recordId(bytes), bytes.getLong(), bytes.getLong()));
        }
        return new Manifest(bytes.getLong(16), bytes.getLong(24), snapshot, segments);
    }

    private static int length(int snapshots, int segments) {
        return FIXED_BYTES + snapshots * SNAPSHOT_BYTES + segments * SEGMENT_BYTES + Integer.BYTES;
    }

    private static void put(ByteBuffer bytes, RecordId id) {
        bytes.putLong(id.epoch()).putLong(id.lsn()).putInt(id.checksum());
    }

    private static RecordId recordId(ByteBuffer bytes) {
        return new RecordId(bytes.getLong(), bytes.getLong(), bytes.getInt());
    }
}
