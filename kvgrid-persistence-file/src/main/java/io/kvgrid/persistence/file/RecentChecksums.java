package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordId;

/** The checksums of the last records, to recognise one that is appended again without reading the file. */
final class RecentChecksums {
    private static final int SIZE = 1 << 13;

    private final int[] checksums = new int[SIZE];
    private long first = 1;
    private long last;

    void add(RecordId id) {
        if (id.lsn() != last + 1) {
            first = id.lsn();
        }
        last = id.lsn();
        checksums[(int) (last % SIZE)] = id.checksum();
        first = Math.max(first, last - SIZE + 1);
    }

    /** Forgets all records above {@code lsn}. */
    void cutAfter(long lsn) {
        last = lsn;
        first = Math.min(first, lsn + 1);
    }

    boolean holds(long lsn) {
        return lsn >= first && lsn <= last;
    }

    int get(long lsn) {
        return checksums[(int) (lsn % SIZE)];
    }
}
