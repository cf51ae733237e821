package io.kvgrid.core.store;

import io.kvgrid.GridView;
import io.kvgrid.core.replication.CommittedState;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is committed and applied on this node, over all maps: bytes under bytes. {@link #apply} and {@link #replaceBy} are
 * the only changes, made by one thread at a time, the loop's; reads come from any thread and take no lock. A reader
 * never sees a key go back (P31): records are applied in LSN order, and a replacement is switched in whole.
 */
public final class GridStore implements CommittedState {
    private final KeyHash hash;
    private volatile StoreContent content = new StoreContent();
    private volatile long appliedLsn;
    /** States up to here may be replaced by older ones; see {@link #expectOlder}. */
    private long rebuiltUpTo;

    private final DigestTrail trail = new DigestTrail();

    public GridStore(KeyHash hash) {
        this.hash = hash;
    }

    /** The look-up form of a key. The bytes are not copied and must not change. */
    public StoreKey key(int mapId, byte[] bytes) {
        return hash.key(mapId, bytes);
    }

    /** The key that a put or a removal is about. */
    StoreKey key(LogRecord record) {
        return hash.key(record.mapId(), record.keyBytes());
    }

    /** The key's present entry; null if it has none. Allocates nothing. */
    public @Nullable StoredEntry get(StoreKey key) {
        return content.get(key);
    }

    /** The last record whose effect, and that of all before, reads see. */
    public long appliedLsn() {
        return appliedLsn;
    }

    @Override
    public long shownLsn() {
        return Math.max(appliedLsn, rebuiltUpTo);
    }

    /**
     * Carries out the effect of one committed record. A record at or below {@link #appliedLsn} has taken effect before
     * and is ignored (P33).
     */
    public void apply(LogRecord record) {
        long lsn = record.lsn();
        if (lsn <= appliedLsn) {
            return;
        }
        switch (record.kind()) {
            case PUT -> content.put(key(record), StoredEntry.of(record.valueBytes(), lsn, record.expiryMillis()));
            case REMOVE -> content.remove(key(record));
            case EPOCH_START, NO_OP -> {
                // changes no key
            }
        }
        appliedLsn = lsn; // after the change: who sees this LSN sees the effect
        if (lsn % DIGEST_EVERY == 0) {
            trail.add(lsn, content.digest());
        }
    }

    /** Begins a state that is received beside the present one. */
    public Replacement replacement() {
        return new Replacement();
    }

    /**
     * Makes {@code replacement} the content, atomically: a reader sees the old one or the new one.
     *
     * @param lsn the record whose state it is
     * @throws IllegalStateException if that would take the store back, unless that {@linkplain #expectOlder is expected}
     */
    public void replaceBy(Replacement replacement, long lsn) {
        if (lsn < appliedLsn && appliedLsn > rebuiltUpTo) {
            throw new IllegalStateException("the state received is of LSN " + lsn + ", this store's of " + appliedLsn);
        }
        content = replacement.finish();
        appliedLsn = lsn;
    }

    /**
     * The node's disk is damaged (P18): another node's state that comes next may be older than the present one, which nobody
     * may read until records have brought it as far again.
     */
    public void expectOlder() {
        rebuiltUpTo = shownLsn(); // damaged again before it had come as far
    }

    @Override
    public GridView.StateDigest digest() {
        return new GridView.StateDigest(appliedLsn, content.digest());
    }

    @Override
    public OptionalLong digestAt(long lsn) {
        return lsn == appliedLsn ? OptionalLong.of(content.digest()) : trail.at(lsn);
    }

    @Override
    public long version(int mapId, ByteBuffer key) {
        StoredEntry entry = content.get(hash.key(mapId, key));
        return entry == null ? 0 : entry.version();
    }

    @Override
    public Iterator<SnapshotEntry> scan() {
        return content.scan();
    }

    @Override
    public long size() {
        return content.size();
    }

    @Override
    public boolean hasExpiring() {
        return content.hasExpiring();
    }

    @Override
    public List<SnapshotEntry> expired(long gridTimeMillis, int limit) {
        return content.expired(gridTimeMillis, limit);
    }

    /** A state being received: per key the highest version counts, a removal's too (P33). Used by one thread at a time. */
    public final class Replacement {
        private final StoreContent received = new StoreContent();
        private final List<StoreKey> removed = new ArrayList<>();

        private Replacement() {}

        /**
         * Adds an entry, or the removal of one.
         *
         * @return false if its version is not above what was added for the key before; nothing has changed then
         */
        public boolean add(SnapshotEntry entry) {
            StoreKey key = hash.key(entry.mapId(), entry.key());
            StoredEntry known = received.get(key);
            if (known != null && known.version() >= entry.version()) {
                return false;
            }
            ByteBuffer value = entry.value();
            if (value == null) {
                received.put(key, StoredEntry.removal(entry.version()));
                removed.add(key);
            } else {
                received.put(key, StoredEntry.of(copy(value), entry.version(), entry.expiryMillis()));
            }
            return true;
        }

        private StoreContent finish() {
            for (StoreKey key : removed) {
                StoredEntry last = received.get(key);
                if (last != null && !last.isPresent()) {
                    received.remove(key);
                }
            }
            removed.clear();
            return received;
        }

        private static byte[] copy(ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(bytes.position(), copy);
            return copy;
        }
    }
}
