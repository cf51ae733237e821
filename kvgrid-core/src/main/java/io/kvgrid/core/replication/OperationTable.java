package io.kvgrid.core.replication;

import io.kvgrid.OperationId;
import io.kvgrid.spi.persistence.LogRecord;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Which operations have been applied, so that none is applied twice (P19). For each client the numbers from its floor
 * up, at most {@value #MAX_PER_CLIENT}. Part of the grid's state: changed by committed records only, so the same on
 * every member, and kept in snapshots.
 */
final class OperationTable {
    /** Operations remembered per client; beyond, its floor is forced up. */
    static final int MAX_PER_CLIENT = 1024;
    /** So many clients are remembered for good; beyond, those are retired that have not written for long. */
    static final int CLIENTS = 64;
    /** Clients remembered at most; beyond, no other one may write before one of them has not written for long. */
    static final int MAX_CLIENTS = 1024;
    /** What is long: twice the silence after which a node goes on as another client (see {@code OperationIds}). */
    static final long LONG_MILLIS = 600_000;
    /** Retired clients, whose operations are refused. */
    static final int MAX_RETIRED = 4096;
    /** {@link #find}: the operation has never been applied. */
    static final long NEW = 0;
    /** {@link #find}: too old to tell. */
    static final long TOO_OLD = -1;

    /** Invariant: no number in {@link #lsnOf} is below the floor. */
    private static final class Client {
        long floor;
        /** Grid time of its last write. */
        long lastMillis;

        final TreeMap<Long, Long> lsnOf = new TreeMap<>();
    }

    /** In the order of each client's last write, oldest first. */
    private final LinkedHashMap<UUID, Client> clients = new LinkedHashMap<>();

    private final LinkedHashSet<UUID> retired = new LinkedHashSet<>();

    /** The LSN of the record that carried out {@code operation}; {@link #NEW} or {@link #TOO_OLD}. */
    long find(OperationId operation) {
        Client client = clients.get(operation.clientId());
        if (client == null) {
            return retired.contains(operation.clientId()) ? TOO_OLD : NEW;
        }
        if (operation.number() < client.floor) {
            return TOO_OLD;
        }
        return client.lsnOf.getOrDefault(operation.number(), NEW);
    }

    /**
     * Whether a write of {@code client} has to be refused, since remembering it would take forgetting another one too soon.
     * What is under way already may go beyond the bound.
     */
    boolean isFullFor(UUID client, long nowMillis) {
        return clients.size() >= MAX_CLIENTS
                && !clients.containsKey(client)
                && nowMillis - clients.values().iterator().next().lastMillis < LONG_MILLIS;
    }

    void apply(LogRecord record) {
        record.operation().ifPresent(operation -> {
            Client client = clients.remove(operation.clientId());
            if (client == null) {
                client = new Client();
            }
            clients.put(operation.clientId(), client); // behind all others
            client.lastMillis = record.gridTimeMillis();
            if (operation.number() >= client.floor) { // another record may have raised it since this one was judged
                client.lsnOf.put(operation.number(), record.lsn());
            }
            raiseFloor(client, record.clientFloor());
            while (client.lsnOf.size() > MAX_PER_CLIENT) {
                raiseFloor(client, client.lsnOf.firstKey() + 1);
            }
            retire(record.gridTimeMillis());
        });
    }

    /** By what the log says alone, so that every member forgets the same. */
    private void retire(long nowMillis) {
        while (clients.size() > CLIENTS) {
            Map.Entry<UUID, Client> oldest = clients.entrySet().iterator().next();
            if (nowMillis - oldest.getValue().lastMillis < LONG_MILLIS) {
                return;
            }
            clients.remove(oldest.getKey());
            retired.add(oldest.getKey());
            if (retired.size() > MAX_RETIRED) {
                retired.remove(retired.iterator().next());
            }
        }
    }

    private static void raiseFloor(Client client, long floor) {
        if (floor > client.floor) {
            client.floor = floor;
            client.lsnOf.headMap(floor).clear();
        }
    }

    /** An upper bound of what {@link #encode} writes, in bytes. */
    int maxEncodedLength() {
        int length = 8 + 16 * retired.size();
        for (Client client : clients.values()) {
            length += 16 + 3 * VarLong.MAX_BYTES + 2 * VarLong.MAX_BYTES * client.lsnOf.size();
        }
        return length;
    }

    void encode(ByteBuffer target) {
        target.putInt(clients.size());
        clients.forEach((id, client) -> {
            put(target, id);
            VarLong.write(target, client.lastMillis);
            VarLong.write(target, client.floor);
            VarLong.write(target, client.lsnOf.size());
            long[] before = {client.floor, 0};
            client.lsnOf.forEach((number, lsn) -> {
                VarLong.write(target, number - before[0]);
                VarLong.write(target, lsn - before[1]);
                before[0] = number;
                before[1] = lsn;
            });
        });
        target.putInt(retired.size());
        retired.forEach(id -> put(target, id));
    }

    void decode(ByteBuffer source) {
        clients.clear();
        retired.clear();
        for (int count = source.getInt(); count > 0; count--) {
            Client client = new Client();
            clients.put(new UUID(source.getLong(), source.getLong()), client);
            client.lastMillis = VarLong.read(source);
            client.floor = VarLong.read(source);
            long number = client.floor;
            long lsn = 0;
            for (long left = VarLong.read(source); left > 0; left--) {
                number += VarLong.read(source);
                lsn += VarLong.read(source);
                if (number < client.floor) {
                    throw new IllegalArgumentException("operation " + number + " is below the floor " + client.floor);
                }
                client.lsnOf.put(number, lsn);
            }
        }
        for (int count = source.getInt(); count > 0; count--) {
            retired.add(new UUID(source.getLong(), source.getLong()));
        }
    }

    private static void put(ByteBuffer target, UUID id) {
        target.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }
}
