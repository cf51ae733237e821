package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which part of which files holds the durable log at one moment, and the state below it, for those who read beside the log
 * thread. Nothing that a view names is changed or removed before a view that does not name it has been published. Immutable.
 *
 * @param snapshot what the log counts from; segments that end at or below its label are kept for peers alone
 * @param segments in LSN order, without gaps; of the last one {@code end} is known, whatever it says itself
 * @param end position behind the last durable group of the last segment
 * @param durableLsn the last record in {@code segments}
 */
record LogView(@Nullable SnapshotInfo snapshot, List<SegmentInfo> segments, long end, long durableLsn) {
    static final LogView EMPTY = new LogView(null, List.of(), 0, 0);

    /** The view after nothing but a forced snapshot is left. */
    static LogView behind(SnapshotInfo snapshot) {
        return new LogView(snapshot, List.of(), 0, snapshot.label().lsn());
    }

    /** The last record that the snapshot contains. */
    RecordId base() {
        return snapshot == null ? RecordId.NONE : snapshot.label();
    }

    /** The first LSN that can be read. */
    long firstLsn() {
        return segments.isEmpty() ? durableLsn + 1 : segments.get(0).before().lsn() + 1;
    }

    /** The segment that holds the record {@code lsn}, which lies in this view, as one that ends where it may be read to. */
    SegmentInfo segmentOf(long lsn) {
        int index = segments.size() - 1;
        while (segments.get(index).before().lsn() >= lsn) {
            index--;
        }
        return bounded(index);
    }

    /** The segments that hold what comes behind the base up to {@code lsn}, as {@link #segmentOf} gives them. */
    List<SegmentInfo> segmentsUpTo(long lsn) {
        return IntStream.range(0, segments.size())
                .mapToObj(this::bounded)
                .filter(segment -> needs(segment) && segment.before().lsn() < lsn)
                .toList();
    }

    /** Whether {@code retention} keeps fewer segments for peers than there are. */
    boolean holdsMoreThan(Retention retention) {
        int firstNeeded = 0;
        while (firstNeeded + 1 < segments.size() && !needs(segments.get(firstNeeded))) {
            firstNeeded++;
        }
        return snapshot != null && retention.firstKept(segments, firstNeeded, snapshot.footer()) > 0;
    }

    private SegmentInfo bounded(int index) {
        SegmentInfo info = segments.get(index);
        return index == segments.size() - 1 ? info.sealedAt(end, durableLsn) : info;
    }

    /** Whether all of {@code info}, given by {@link #segmentOf} of this view or an earlier one, is still there to be read. */
    boolean holds(SegmentInfo info) {
        for (int i = 0; i < segments.size(); i++) {
            if (segments.get(i).id() == info.id()) {
                return bounded(i).end() >= info.end();
            }
        }
        return false;
    }

    /** Whether the store itself needs {@code info}, given by {@link #segmentOf}: it holds records behind the base. */
    boolean needs(SegmentInfo info) {
        return info.durableLsn() > base().lsn();
    }

    /** What is left of this view when the log is about to be cut there. */
    LogView cutAt(LogEnd cut) {
        List<SegmentInfo> left = new ArrayList<>(segments.subList(0, cut.segment()));
        if (cut.position() > FileHeader.BYTES) {
            left.add(segments.get(cut.segment()));
            return new LogView(
                    snapshot, List.copyOf(left), cut.position(), cut.before().lsn());
        }
        long leftEnd = left.isEmpty() ? 0 : left.get(left.size() - 1).end();
        return new LogView(snapshot, List.copyOf(left), leftEnd, cut.before().lsn());
    }
}
