package io.kvgrid.core.replication;

import io.kvgrid.GridView;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;

/** The applied state, as the protocol needs to see it. */
public interface CommittedState {
    /** The last record whose effect reads in this process have ever seen, also before a repair took the state back (P18). */
    long shownLsn();

    /** Every how many records the state's digest stays known for some time. */
    int DIGEST_EVERY = 256;

    /** The digest of the present state (P38). */
    GridView.StateDigest digest();

    /** The digest of the state at {@code lsn}: the present one's, or a multiple of {@link #DIGEST_EVERY} not long ago. */
    OptionalLong digestAt(long lsn);

    /** The version of the key's value; 0 if it has none. */
    long version(int mapId, ByteBuffer key);

    /**
     * All entries, in any order, while writes go on: an entry that is neither written nor removed meanwhile comes exactly
     * once; others may come in any of their states, or not at all (P33).
     */
    Iterator<SnapshotEntry> scan();

    /** How many entries there are. */
    long size();

    /** Whether any entry has an expiry. */
    boolean hasExpiring();

    /** Up to {@code limit} entries whose time has come: expiry at or below {@code gridTimeMillis}, earliest first. */
    List<SnapshotEntry> expired(long gridTimeMillis, int limit);
}
