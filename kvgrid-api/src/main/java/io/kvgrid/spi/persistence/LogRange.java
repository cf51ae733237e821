package io.kvgrid.spi.persistence;

import java.util.List;

/**
 * What a {@linkplain LogReads#read read} found.
 *
 * @param firstLsn the first LSN that could be read at that moment. If that is above the one asked for, the range is gone,
 *     for good, and {@code records} is empty
 * @param records from the LSN asked for on, without a gap and chained; empty as well if none there is durable and known to
 *     be committed yet, and perhaps while a truncation is under way: then asking again helps
 */
public record LogRange(long firstLsn, List<LogRecord> records) {
    public LogRange {
        records = List.copyOf(records);
    }
}
