package io.kvgrid.core.replication;

import io.kvgrid.OperationId;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordKind;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the primary has prepared and not yet committed: the newest record of each key, and each operation's LSN (P19, P20). */
final class PreparedState {
    private record Key(int mapId, ByteBuffer bytes) {}

    private final Map<Key, LogRecord> newest = new HashMap<>();
    private final Map<OperationId, Long> operations = new HashMap<>();

    void add(LogRecord record) {
        if (changesKey(record)) {
            newest.put(new Key(record.mapId(), record.key()), record);
        }
        record.operation().ifPresent(operation -> operations.put(operation, record.lsn()));
    }

    /** The records are committed: what the store says of their keys is as new. */
    void remove(List<LogRecord> committed) {
        for (LogRecord record : committed) {
            if (changesKey(record)) {
                newest.remove(new Key(record.mapId(), record.key()), record);
            }
            record.operation().ifPresent(operations::remove);
        }
    }

    /** The newest uncommitted record of that key. */
    @Nullable
    LogRecord newest(int mapId, ByteBuffer key) {
        return newest.get(new Key(mapId, key));
    }

    /** The LSN of the uncommitted record that carries out {@code operation}; 0 if there is none. */
    long lsnOf(OperationId operation) {
        return operations.getOrDefault(operation, 0L);
    }

    private static boolean changesKey(LogRecord record) {
        return record.kind() == RecordKind.PUT || record.kind() == RecordKind.REMOVE;
    }
}
