package io.kvgrid.core.sim;

import io.kvgrid.OperationId;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every record that any node ever wrote, and the one sequence of them that is committed, as an observer who sees all
 * nodes knows it. Guards P10 (one name, one byte string), the agreement of committed prefixes, and P19 (at most once).
 */
final class CommittedLog {
    private record Name(long epoch, long lsn) {}

    private final Map<Name, LogRecord> named = new HashMap<>();
    private final Map<Long, List<LogRecord>> written = new HashMap<>();
    private final ArrayList<LogRecord> committed = new ArrayList<>();
    private final Map<OperationId, Long> operations = new HashMap<>();
    private final Map<OperationId, String> refused = new HashMap<>();
    private final Map<ByteBuffer, List<LogRecord>> byKey = new HashMap<>();
    private long gridTimeMillis;

    /** A node has handed {@code record} to its disk. */
    void onWritten(LogRecord record) {
        LogRecord before = named.putIfAbsent(new Name(record.epoch(), record.lsn()), record);
        if (before == null) {
            written.computeIfAbsent(record.lsn(), lsn -> new ArrayList<>()).add(record);
        } else if (!before.equals(record)) { // P10
            throw new InvariantViolation("EntryNamesOneString", before + " was written, and now " + record);
        }
    }

    /** Some node takes {@code id} and all before it for committed. */
    void onCommitted(String node, RecordId id) {
        if (id.lsn() <= committed.size()) {
            if (id.lsn() > 0 && !idOf(id.lsn()).equals(id)) {
                throw new InvariantViolation(
                        "CommittedPrefixesAgree", node + " committed " + id + ", others " + idOf(id.lsn()));
            }
            return;
        }
        List<LogRecord> fresh = new ArrayList<>();
        RecordId at = id;
        while (at.lsn() > committed.size()) {
            LogRecord record = written(at.lsn(), at.checksum())
                    .orElseThrow(() -> new InvariantViolation(
                            "CommittedPrefixesAgree", node + " committed " + id + ", whose log nobody wrote"));
            fresh.add(record);
            at = idBefore(record);
        }
        if (at.checksum() != (committed.isEmpty() ? 0 : lastChecksum())) {
            throw new InvariantViolation(
                    "CommittedPrefixesAgree", node + " committed " + id + ", which does not follow " + lastLsn());
        }
        for (int i = fresh.size() - 1; i >= 0; i--) {
            commit(fresh.get(i));
        }
    }

    private void commit(LogRecord record) {
        checkTime(record);
        committed.add(record);
        if (record.kind() == RecordKind.PUT || record.kind() == RecordKind.REMOVE) {
            byKey.computeIfAbsent(record.key(), key -> new ArrayList<>()).add(record);
        }
        record.operation().ifPresent(operation -> {
            Long before = operations.put(operation, record.lsn());
            if (before != null) { // P19
                throw new InvariantViolation(
                        "AtMostOnce", operation + " was applied at " + before + " and at " + record.lsn());
            }
            checkNotRefused(operation);
        });
    }

    /** P36: grid time never goes back, and an entry that nobody removes ends by it, not before. */
    private void checkTime(LogRecord record) {
        if (record.gridTimeMillis() < gridTimeMillis) {
            throw new InvariantViolation(
                    "GridTimeNeverGoesBack", record + " has " + record.gridTimeMillis() + " after " + gridTimeMillis);
        }
        gridTimeMillis = record.gridTimeMillis();
        if (record.kind() == RecordKind.REMOVE && record.operation().isEmpty()) {
            long expiry = newest(record.key(), record.lsn())
                    .map(LogRecord::expiryMillis)
                    .orElse(0L);
            if (expiry == 0 || expiry > gridTimeMillis) {
                throw new InvariantViolation(
                        "ExpiredInItsTime", record + " at " + gridTimeMillis + " removes what ends at " + expiry);
            }
        }
    }

    /** The newest grid time that is committed. */
    long gridTimeMillis() {
        return gridTimeMillis;
    }

    /** A client was told, by {@code how}, that {@code operation} has no effect and never will have one. */
    void onRefused(OperationId operation, String how) {
        refused.put(operation, how);
        checkNotRefused(operation);
    }

    private void checkNotRefused(OperationId operation) {
        Long lsn = operations.get(operation);
        String how = refused.get(operation);
        if (lsn != null && how != null) { // P19
            throw new InvariantViolation(
                    "NotAppliedIsTrue", operation + " is committed at " + lsn + ", and its client was told: " + how);
        }
    }

    /** The last LSN that any node takes for committed. */
    long lastLsn() {
        return committed.size();
    }

    /** The identity of the committed record at {@code lsn}, which must not be above {@link #lastLsn}. */
    RecordId idOf(long lsn) {
        return lsn == 0 ? RecordId.NONE : committed.get((int) lsn - 1).id();
    }

    LogRecord record(long lsn) {
        return committed.get((int) lsn - 1);
    }

    /** The record that set {@code key} last among those up to {@code lsn}; empty if that was a removal, or none did. */
    Optional<LogRecord> newest(ByteBuffer key, long lsn) {
        List<LogRecord> records = byKey.getOrDefault(key, List.of());
        for (int i = records.size() - 1; i >= 0; i--) {
            if (records.get(i).lsn() <= lsn) {
                return Optional.of(records.get(i)).filter(record -> record.kind() == RecordKind.PUT);
            }
        }
        return Optional.empty();
    }

    /** The records after {@code lsn} that set or removed {@code key}. */
    List<LogRecord> changesAfter(ByteBuffer key, long lsn) {
        List<LogRecord> records = byKey.getOrDefault(key, List.of());
        int first = records.size();
        while (first > 0 && records.get(first - 1).lsn() > lsn) {
            first--;
        }
        return records.subList(first, records.size());
    }

    /** Where {@code operation} is committed; 0 if it is not. */
    long lsnOf(OperationId operation) {
        return operations.getOrDefault(operation, 0L);
    }

    /** Where each value that begins with a write's number is committed. */
    Map<Long, Long> lsnsOfWrites() {
        Map<Long, Long> lsns = new HashMap<>();
        for (LogRecord record : committed) {
            if (record.kind() == RecordKind.PUT) {
                lsns.put(record.value().getLong(), record.lsn());
            }
        }
        return lsns;
    }

    /** How many committed records set the value of that write. */
    long timesSet(long write) {
        return committed.stream()
                .filter(record ->
                        record.kind() == RecordKind.PUT && record.value().getLong() == write)
                .count();
    }

    /** How many keys have a value after {@code lsn}. */
    long entries(long lsn) {
        return byKey.keySet().stream()
                .filter(key -> newest(key, lsn).isPresent())
                .count();
    }

    private int lastChecksum() {
        return committed.get(committed.size() - 1).checksum();
    }

    private RecordId idBefore(LogRecord record) {
        long lsn = record.lsn() - 1;
        if (lsn <= committed.size()) {
            return new RecordId(0, lsn, record.previousChecksum());
        }
        return written(lsn, record.previousChecksum())
                .map(LogRecord::id)
                .orElseGet(() -> new RecordId(0, lsn, record.previousChecksum()));
    }

    private Optional<LogRecord> written(long lsn, int checksum) {
        return written.getOrDefault(lsn, List.of()).stream()
                .filter(record -> record.checksum() == checksum)
                .findFirst();
    }
}
