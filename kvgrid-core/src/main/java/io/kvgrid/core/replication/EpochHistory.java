package io.kvgrid.core.replication;

import io.kvgrid.core.message.EpochStart;
import io.kvgrid.spi.persistence.LogRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * Where each epoch begins in a log. Two logs agree up to the end of the last epoch that begins at the same place in
 * both, cut to the shorter one (P15; the idea is Kafka's leader epochs, KIP-101, and Viewstamped Replication's views).
 */
final class EpochHistory {
    private final List<EpochStart> starts = new ArrayList<>();

    void replace(List<EpochStart> other) {
        starts.clear();
        starts.addAll(other);
    }

    void append(LogRecord record) {
        if (starts.isEmpty() || record.epoch() > starts.get(starts.size() - 1).epoch()) {
            starts.add(new EpochStart(record.epoch(), record.lsn()));
        }
    }

    void truncateAfter(long lsn) {
        starts.removeIf(start -> start.firstLsn() > lsn);
    }

    /** All epochs that begin at or below {@code lsn}. */
    List<EpochStart> upTo(long lsn) {
        return starts.stream().filter(start -> start.firstLsn() <= lsn).toList();
    }

    /**
     * The last LSN at which this log and another one are the same.
     *
     * @param lastLsn where this log ends
     * @param other the other's epochs, ascending
     * @param otherLastLsn where it ends
     */
    long commonPrefix(long lastLsn, List<EpochStart> other, long otherLastLsn) {
        int same = 0;
        while (same < starts.size() && same < other.size() && starts.get(same).equals(other.get(same))) {
            same++;
        }
        return same == 0 ? 0 : Math.min(endOf(starts, same - 1, lastLsn), endOf(other, same - 1, otherLastLsn));
    }

    private static long endOf(List<EpochStart> list, int index, long lastLsn) {
        return index + 1 < list.size() ? list.get(index + 1).firstLsn() - 1 : lastLsn;
    }
}
