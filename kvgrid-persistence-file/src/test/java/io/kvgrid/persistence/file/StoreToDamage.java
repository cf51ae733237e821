package io.kvgrid.persistence.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A small store with metadata, a snapshot and two segments, as a kill leaves it and as a clean close does. */
final class StoreToDamage {
    static final RecordId LABEL = new RecordId(3, 50, 99);
    static final ByteBuffer METADATA = UTF_8.encode("promises");

    final List<LogRecord> records = new ArrayList<>();
    final Set<SnapshotEntry> entries = new HashSet<>();
    final SimDisk clean;
    final SimDisk killed;

    /** The last LSN before the last group: some watermark names it however the run ended. */
    final long beforeLastGroup;

    /** Fills {@code disk}, which is then that of the store closed cleanly. */
    StoreToDamage(SimDisk disk) {
        clean = disk;
        Chain chain = new Chain(LABEL);
        SimStore store = SimStore.open(disk);
        SimStore.get(store.persistence.saveMetadata(METADATA));
        SnapshotInstallation installation = store.persistence.installSnapshot();
        for (int i = 0; i < 5; i++) {
            entries.add(new SnapshotEntry(1, UTF_8.encode("k" + i), UTF_8.encode("value" + i), 40 + i, 0));
        }
        SimStore.get(installation.add(List.copyOf(entries)));
        SimStore.get(installation.commit(LABEL, UTF_8.encode("state")));
        long before = 0;
        for (int count : new int[] {3, 6, 1, 8, 2, 3, 2}) {
            List<LogRecord> added = chain.puts(count, 60);
            before = added.get(0).lsn() - 1;
            SimStore.get(store.persistence.append(added));
            records.addAll(added);
        }
        beforeLastGroup = before;
        killed = disk.copy();
        store.close();
        disk.inject(SimDisk.NONE);
        assertThat(segments(disk)).hasSize(2);
    }

    static List<String> segments(SimDisk disk) {
        return disk.names().stream().filter(name -> name.endsWith(".log")).toList();
    }

    /** Where the header of the last group in a segment's bytes begins. */
    static int lastGroup(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int i = bytes.length - Integer.BYTES;
        while (buffer.getInt(i) != GroupHeader.MAGIC) {
            i--;
        }
        return i;
    }
}
