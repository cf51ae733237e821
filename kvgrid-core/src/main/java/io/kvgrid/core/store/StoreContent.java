package io.kvgrid.core.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Keys and entries, and which entries expire when. Changed by one thread; looked up by any. The index of expiring
 * entries and the digest belong to the changing thread.
 */
final class StoreContent {
    /** Earliest first; equal times by key, so that every run gives the same order (P37). */
    private record Expiry(long millis, StoreKey key) implements Comparable<Expiry> {
        private static final Comparator<Expiry> ORDER =
                Comparator.comparingLong(Expiry::millis).thenComparing(Expiry::key);

        @Override
        public int compareTo(Expiry other) {
            return ORDER.compare(this, other);
        }
    }

    // unbounded: nothing is ever evicted, and the executor, which it then never needs, starts no thread (P36, P37)
    private final Cache<StoreKey, StoredEntry> cache =
            Caffeine.newBuilder().executor(Runnable::run).build();
    private final ConcurrentMap<StoreKey, StoredEntry> entries = cache.asMap();
    private final TreeSet<Expiry> expiring = new TreeSet<>();
    private final EntryDigest entryDigest = new EntryDigest();
    private long digest;

    @Nullable
    StoredEntry get(StoreKey key) {
        return cache.getIfPresent(key);
    }

    void put(StoreKey key, StoredEntry entry) {
        forget(key, entries.put(key, entry));
        if (entry.isPresent()) {
            digest += entryDigest.of(key, entry);
        }
        if (entry.expiryMillis() != 0) {
            expiring.add(new Expiry(entry.expiryMillis(), key));
        }
    }

    void remove(StoreKey key) {
        forget(key, entries.remove(key));
    }

    /** What all entries add up to; the changing thread's. */
    long digest() {
        return digest;
    }

    long size() {
        return cache.estimatedSize();
    }

    Iterator<SnapshotEntry> scan() {
        var all = entries.entrySet().iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return all.hasNext();
            }

            @Override
            public SnapshotEntry next() {
                var next = all.next();
                return next.getValue().snapshot(next.getKey());
            }
        };
    }

    boolean hasExpiring() {
        return !expiring.isEmpty();
    }

    List<SnapshotEntry> expired(long gridTimeMillis, int limit) {
        List<SnapshotEntry> found = new ArrayList<>();
        for (Expiry next : expiring) {
            if (next.millis > gridTimeMillis || found.size() >= limit) {
                break;
            }
            StoredEntry entry = entries.get(next.key);
            if (entry == null) {
                throw new IllegalStateException("the index of expiring entries names one that is not there");
            }
            found.add(entry.snapshot(next.key));
        }
        return found;
    }

    private void forget(StoreKey key, @Nullable StoredEntry replaced) {
        if (replaced == null || !replaced.isPresent()) {
            return;
        }
        digest -= entryDigest.of(key, replaced);
        if (replaced.expiryMillis() != 0) {
            expiring.remove(new Expiry(replaced.expiryMillis(), key));
        }
    }
}
