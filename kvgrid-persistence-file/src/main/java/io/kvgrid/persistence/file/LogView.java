package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordId;
import java.util.ArrayList;
import java.util.List;

/**
 * Which part of which files holds the durable log at one moment, for those who read beside the log thread. Nothing that
 * a view names is changed or removed before a view that does not name it has been published. Immutable.
 *
 * @param segments in LSN order, without gaps; of the last one {@code end} is known, whatever it says itself
 * @param end position behind the last durable group of the last segment
 * @param durableLsn the last record in {@code segments}
 * @param baseLsn segments that end at or below it are kept for peers alone
 */
record LogView(List<SegmentInfo> segments, long end, long durableLsn, long baseLsn) {
    static final LogView EMPTY = new LogView(List.of(), 0, 0, 0);

    /** The view after nothing but a forced snapshot is left. */
    static LogView behind(RecordId label) {
        return new LogView(List.of(), 0, label.lsn(), label.lsn());
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
        return info.durableLsn() > baseLsn;
    }

    /** What is left of this view when the log is about to be cut there. */
    LogView cutAt(LogEnd cut) {
        List<SegmentInfo> left = new ArrayList<>(segments.subList(0, cut.segment()));
        if (cut.position() > FileHeader.BYTES) {
            left.add(segments.get(cut.segment()));
            return new LogView(List.copyOf(left), cut.position(), cut.before().lsn(), baseLsn);
        }
        long leftEnd = left.isEmpty() ? 0 : left.get(left.size() - 1).end();
        return new LogView(List.copyOf(left), leftEnd, cut.before().lsn(), baseLsn);
    }
}
