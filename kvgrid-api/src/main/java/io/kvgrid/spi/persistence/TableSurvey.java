package io.kvgrid.spi.persistence;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What a first scan learns of a table: everything but the entries. */
final class TableSurvey implements BiConsumer<byte[], byte[]> {
    private final TreeMap<Long, LogRecord> tail = new TreeMap<>();
    private boolean formatted;
    private long otherRows;
    private @Nullable ByteBuffer metadata;
    private long generation;
    private long lastGeneration;
    private RecordId base = RecordId.NONE;
    private @Nullable ByteBuffer baseState;
    private long committed;
    private @Nullable CorruptLogException damage;

    /** Takes one row. Damage outside format and metadata is kept for {@link #state}, so that the node can still tell who it is (P18). */
    @Override
    public void accept(byte[] key, byte[] value) {
        byte type = key.length == 0 ? -1 : key[0];
        if (type == RowFormat.FORMAT) {
            RowFormat.checkFormat(key, value);
            formatted = true;
            return;
        }
        otherRows++;
        if (type == RowFormat.METADATA) {
            metadata = RowFormat.payload(key, value, 0).slice().asReadOnlyBuffer();
            return;
        }
        try {
            take(type, key, value);
        } catch (CorruptLogException e) {
            damage = damage == null ? e : damage;
        }
    }

    private void take(byte type, byte[] key, byte[] value) {
        switch (type) {
            case RowFormat.BASE -> {
                ByteBuffer row = RowFormat.payload(key, value, 28);
                generation = row.getLong();
                base = new RecordId(row.getLong(), row.getLong(), row.getInt());
                baseState = row.slice().asReadOnlyBuffer();
                lastGeneration = Math.max(lastGeneration, generation);
            }
            case RowFormat.COMMITTED ->
                committed = RowFormat.payload(key, value, 8).getLong();
            case RowFormat.TAIL -> {
                LogRecord record = RowFormat.record(key, value);
                tail.put(record.lsn(), record);
            }
            case RowFormat.ENTRY -> lastGeneration = Math.max(lastGeneration, RowFormat.generation(key));
            default -> throw new CorruptLogException("row " + RowFormat.name(key) + ": expected types 0 to 5");
        }
    }

    /**
     * The metadata last saved.
     *
     * @throws CorruptLogException if the table holds rows that are not kvgrid's
     */
    Optional<ByteBuffer> metadata() {
        if (!formatted && otherRows > 0) {
            throw new CorruptLogException("the table holds " + otherRows + " rows but not the format row of kvgrid");
        }
        return Optional.ofNullable(metadata);
    }

    /** LSN of the last record whose effect the entries contain; 0 if there is none. */
    long baseLsn() {
        return base.lsn();
    }

    /** The generation that counts: the base's, or one that no row has. */
    long generation() {
        return baseState == null ? lastGeneration + 1 : generation;
    }

    /** The highest generation that is taken. */
    long lastGeneration() {
        return Math.max(lastGeneration, generation());
    }

    /** Gives the base, if there is one, to {@code handler}. */
    void giveBase(RecoveryHandler handler) {
        if (baseState != null) {
            handler.base(base, baseState);
        }
    }

    /**
     * The state that the rows make up.
     *
     * @throws CorruptLogException if one is damaged or missing
     */
    TableState state() {
        if (damage != null) {
            throw damage;
        }
        LogTail log = new LogTail(base);
        for (LogRecord record : tail.values()) {
            if (!record.follows(log.last())) {
                throw new CorruptLogException("row tail " + record.lsn() + ": expected the record behind " + log.last()
                        + ", found " + record);
            }
            log.append(List.of(record));
        }
        if (committed > log.last().lsn()) {
            throw new CorruptLogException("all records up to " + committed + " were committed, but the last row is "
                    + log.last() + ": rows are missing");
        }
        return new TableState(formatted, generation(), log, Math.max(committed, base.lsn()), baseState);
    }
}
