package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRange;
import io.kvgrid.spi.persistence.LogReads;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What of the log can be read back, and how long it is kept for that (P34). Compactions run at once here. */
class LogReadsTest {
    private static final int SEGMENT_BYTES = 4096;
    private static final int VALUE_BYTES = 150;

    private final SimDisk disk = new SimDisk();
    private final Chain chain = new Chain();
    private final List<LogRecord> records = new ArrayList<>();
    private FilePersistence store = open(1 << 20);

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void rangesAreReadAcrossSegmentsWhileTheLogGrows() {
        reads().keepFrom(1);
        for (int i = 0; i < 20; i++) {
            appendAndCommit(5);
        }

        assertThat(readFrom(1)).isEqualTo(records);
        assertThat(readFrom(37)).isEqualTo(records.subList(36, 100));
    }

    @Test
    void withoutAPeerCompactionDropsWhatItCovers() {
        appendAndCommit(100);

        LogRange range = read(1);

        assertThat(range.records()).isEmpty();
        assertThat(range.firstLsn()).isGreaterThan(50);
        assertThat(readFrom(range.firstLsn())).isEqualTo(records.subList((int) range.firstLsn() - 1, 100));
    }

    @Test
    void whatAPeerNeedsIsKeptUntilItIsDone() {
        reads().keepFrom(30);
        appendAndCommit(10);
        appendAndCommit(30);
        appendAndCommit(40);
        assertThat(base()).isGreaterThan(40);
        assertThat(read(30).firstLsn()).isBetween(1L, 30L);
        assertThat(readFrom(30)).isEqualTo(records.subList(29, 80));

        reads().keepFrom(Long.MAX_VALUE);
        appendAndCommit(40);
        appendAndCommit(40);

        assertThat(read(30).firstLsn()).isGreaterThan(80);
    }

    /** Not only by the next compaction, which an idle grid never has; and for each segment once, not for each record. */
    @Test
    void whatWasKeptForAPeerIsGivenBackAsSoonAsItIsDone() {
        reads().keepFrom(1);
        appendAndCommit(40);
        appendAndCommit(40);
        int kept = segments().size();
        long keptBytes = logBytes();
        AtomicInteger manifests = new AtomicInteger();
        disk.inject((number, call, name) -> {
            if (call == SimDisk.Call.RENAME) {
                manifests.incrementAndGet();
            }
        });

        for (int lsn = 2; lsn <= 80; lsn++) {
            reads().keepFrom(lsn);
            SimStore.get(store.truncateAfter(80));
            assertThat(read(lsn).firstLsn()).isLessThanOrEqualTo(lsn);
        }

        assertThat(kept - segments().size()).isGreaterThan(3);
        assertThat(logBytes()).isLessThan(keptBytes / 2);
        assertThat(manifests.get()).isLessThanOrEqualTo(kept - segments().size());
        assertThat(read(1).firstLsn()).isGreaterThan(40);
        disk.inject(SimDisk.NONE);
        Recovered found = new Recovered();
        store.close();
        store = open(1 << 20, found);
        assertThat(found.last()).isEqualTo(records.get(79).id());
    }

    @Test
    void whatIsKeptForAPeerHasACap() {
        store.close();
        store = open(3 * SEGMENT_BYTES);
        reads().keepFrom(1);

        for (int i = 0; i < 30; i++) {
            appendAndCommit(20);
        }

        LogRange range = read(1);
        assertThat(range.records()).isEmpty();
        assertThat(range.firstLsn()).isGreaterThan(1);
        assertThat(logBytes()).isBetween(3L * SEGMENT_BYTES, 7L * SEGMENT_BYTES);
    }

    @Test
    void segmentsKeptForPeersAreReadAfterARestartAndNotByTheRecovery() {
        reads().keepFrom(1);
        appendAndCommit(40);
        appendAndCommit(40);
        long base = base();
        assertThat(base).isGreaterThan(40);
        store.close();
        String kept = segments().get(0);
        byte[] bytes = disk.content(kept);
        bytes[700] ^= 1;
        disk.damage(kept, bytes);

        Recovered found = new Recovered();
        store = open(1 << 20, found);

        assertThat(found.records).isEqualTo(records.subList((int) base, 80));
        assertThat(readFrom(60)).isEqualTo(records.subList(59, 80));
    }

    /** It does not matter for what was acknowledged: the snapshot has it. */
    @Test
    void damageInASegmentKeptForPeersMakesItsRangeGoneAndNoMore() {
        reads().keepFrom(1);
        appendAndCommit(40);
        appendAndCommit(40);
        String kept = segments().get(0);
        byte[] bytes = disk.content(kept);
        bytes[700] ^= 1;
        disk.damage(kept, bytes);

        LogRange range = read(1);

        assertThat(range.records()).isEmpty();
        assertThat(range.firstLsn()).isGreaterThan(1);
        assertThat(readFrom(range.firstLsn())).isEqualTo(records.subList((int) range.firstLsn() - 1, 80));
        appendAndCommit(1);
    }

    @Test
    void damageInTheLogThatTheStoreNeedsEndsTheStoreAndNamesTheFile() {
        append(1); // too little for a compaction
        String growing = segments().get(0);
        byte[] bytes = disk.content(growing);
        bytes[700] ^= 1;
        disk.damage(growing, bytes);
        store.committed(1, () -> Script.stateAt(1));

        assertThatThrownBy(() -> read(1))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining(growing + " at byte");
        assertThatThrownBy(() -> append(1)).hasMessageContaining(growing + " at byte");
    }

    @Test
    void failedReadEndsTheStore() {
        append(1); // too little for a compaction
        store.committed(1, () -> Script.stateAt(1));
        disk.inject((number, call, name) -> {
            if (call == SimDisk.Call.OPEN) {
                throw new IOException("injected failure");
            }
        });

        assertThatThrownBy(() -> read(1)).hasMessageContaining("injected failure");
        disk.inject(SimDisk.NONE);
        assertThatThrownBy(() -> append(1)).hasMessageContaining("injected failure");
    }

    /** A cut rewrites the group in which it lies to a new segment: what was committed of it is found there. */
    @Test
    void committedRecordsOfACutGroupCanStillBeRead() {
        append(10);
        store.committed(5, () -> Script.stateAt(5));
        assertThat(readFrom(2)).isEqualTo(records.subList(1, 5));

        SimStore.get(store.truncateAfter(5));
        records.subList(5, 10).clear();
        chain.rewind(records.get(4).id());
        append(3);
        store.committed(8, () -> Script.stateAt(8));

        assertThat(readFrom(2)).isEqualTo(records.subList(1, 8));
    }

    /** Else each of many small reads would begin at the front of a segment of 64 MiB. */
    @Test
    void nextReadGoesOnWhereTheLastOneEnded() {
        store.close();
        store = open(64 << 20, new Recovered(), 8 << 20);
        reads().keepFrom(1);
        for (int i = 0; i < 100; i++) {
            List<LogRecord> added = chain.puts(1, 60_000);
            SimStore.get(store.append(added));
            records.addAll(added);
        }
        store.committed(100, () -> Script.stateAt(100));
        SimStore.get(store.truncateAfter(100));
        AtomicInteger diskReads = new AtomicInteger();
        disk.inject((number, call, name) -> {
            if (call == SimDisk.Call.READ) {
                diskReads.incrementAndGet();
            }
        });

        List<LogRecord> found = new ArrayList<>();
        int asked = 0;
        for (; found.size() < 100 && asked < 1_000; asked++) {
            found.addAll(SimStore.get(reads().read(found.size() + 1, 100_000)).records());
        }

        assertThat(found).isEqualTo(records);
        assertThat(asked).isGreaterThan(50);
        assertThat(diskReads.get())
                .as("calls of the disk: the file's header and one for the records, each time")
                .isLessThanOrEqualTo(2 * asked + 10);
    }

    @Test
    void spareSpaceHoldsTheLogThatANodeMissesInHalfAMinute() {
        long mib = 1L << 20;
        long live = 1_000_000 * (28L + 16 + 100);
        long missed = 30 * 2_000 * 212L;
        List<SegmentInfo> segments = new ArrayList<>();
        SpaceBound bound = new SpaceBound(64 * mib);
        long segment = bound.segmentBytes(live);
        for (int i = 0; i < 100; i++) {
            segments.add(new SegmentInfo(i, i, new RecordId(1, i, 0), segment, i + 1));
        }

        int kept = new Retention(bound, OptionalLong.empty()).firstKept(segments, 99, live);

        assertThat((99 - kept) * segment).isGreaterThan(2 * missed).isLessThanOrEqualTo(bound.keptBytes(live));
    }

    private FilePersistence open(int keptForPeersBytes) {
        return open(keptForPeersBytes, new Recovered());
    }

    private FilePersistence open(int keptForPeersBytes, Recovered found) {
        return open(keptForPeersBytes, found, SEGMENT_BYTES);
    }

    private FilePersistence open(int keptForPeersBytes, Recovered found, int segmentBytes) {
        FilePersistence opened = FilePersistence.builder(Path.of("sim"))
                .segmentBytes(segmentBytes)
                .keptForPeersBytes(keptForPeersBytes)
                .disk(disk)
                .background(Runnable::run)
                .idle(Duration.ofDays(1))
                .scrub(0, Duration.ofDays(1))
                .build();
        opened.open();
        SimStore.get(opened.recover(found));
        return opened;
    }

    private LogReads reads() {
        return store.logReads().orElseThrow();
    }

    private LogRange read(long fromLsn) {
        return SimStore.get(reads().read(fromLsn, 1_000));
    }

    /** All that can be read from there on. */
    private List<LogRecord> readFrom(long fromLsn) {
        List<LogRecord> found = new ArrayList<>();
        List<LogRecord> next = read(fromLsn).records();
        while (!next.isEmpty()) {
            found.addAll(next);
            next = read(found.get(found.size() - 1).lsn() + 1).records();
        }
        return found;
    }

    private void append(int count) {
        List<LogRecord> added = chain.puts(count, VALUE_BYTES);
        SimStore.get(store.append(added));
        records.addAll(added);
    }

    /** One record after the other; on return the compactions that it caused have ended. */
    private void appendAndCommit(int count) {
        for (int i = 0; i < count; i++) {
            append(1);
            long lsn = records.size();
            store.committed(lsn, () -> Script.stateAt(lsn));
            SimStore.get(store.truncateAfter(lsn));
        }
    }

    private long base() {
        return disk.names().stream().anyMatch(name -> name.endsWith(".snap"))
                ? manifest().base().lsn()
                : 0;
    }

    private Manifest manifest() {
        try {
            return Manifest.decode(ByteBuffer.wrap(disk.content(FileNames.MANIFEST)), "manifest");
        } catch (Damage e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> segments() {
        return manifest().segments().stream().map(SegmentInfo::fileName).toList();
    }

    private long logBytes() {
        return segments().stream().mapToLong(name -> disk.content(name).length).sum();
    }
}
