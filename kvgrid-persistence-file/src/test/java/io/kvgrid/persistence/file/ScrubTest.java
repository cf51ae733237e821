package io.kvgrid.persistence.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Cold files are read again while the store is in use (S23), and damage found there stops it (S7, P18). */
@Timeout(120)
class ScrubTest {
    private static final Duration REST = Duration.ofMinutes(10);
    private static final long BYTES_PER_SECOND = 1_000;
    private static final ByteBuffer METADATA = UTF_8.encode("promises");

    private final SimDisk disk = new SimDisk();
    private final Chain chain = new Chain();
    private final TestPauses pauses = new TestPauses();
    private final BlockingQueue<CorruptLogException> told = new LinkedBlockingQueue<>();
    private final FilePersistence store = open(pauses);
    private final List<LogRecord> records = new ArrayList<>();

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void eachPassReadsAllColdBytesAtTheRateAndFindsNothingInGoodOnes() {
        fill();
        long cold = coldBytes();
        assertThat(cold).isGreaterThan(10_000);

        for (int pass = 0; pass < 3; pass++) {
            assertThat(pass()).as("seconds of a pass").isEqualTo(cold / BYTES_PER_SECOND);
        }

        append(1);
        assertThat(told).isEmpty();
    }

    @Test
    void anyDamagedByteOfASealedSegmentIsFoundAndTheStoreStops() {
        fill();
        String name = segments().get(1);
        flip(name, 1_500);

        pass();

        CorruptLogException damage = awaitTold();
        assertThat(damage).hasMessageContainingAll("sim/" + name + " at byte ", "expected", "found");
        assertStopped(damage);
        assertStartsDamagedUntilItIsGivenAnotherState();
    }

    @Test
    void damagedSnapshotIsFoundAndTheStoreStops() {
        fill();
        compact();
        String name = disk.names().stream()
                .filter(file -> file.endsWith(".snap"))
                .findFirst()
                .orElseThrow();
        flip(name, 700);

        pass();

        CorruptLogException damage = awaitTold();
        assertThat(damage).hasMessageContaining("sim/" + name + " at byte ");
        assertStopped(damage);
        assertStartsDamagedUntilItIsGivenAnotherState();
    }

    /** P18: a sector that the medium does not give back is lost too. */
    @Test
    void unreadableFileIsDamage() {
        fill();
        String name = segments().get(0);
        disk.inject((number, call, file) -> {
            if (call == SimDisk.Call.READ && file.equals(name)) {
                throw new IOException("Input/output error");
            }
        });

        pass();

        assertThat(awaitTold()).hasMessageContainingAll("sim/" + name, "Input/output error");
    }

    /** A damaged store is no exception: what waits for room is made again, and gets the damage for an answer. */
    @Test
    void callThatWaitsForRoomIsMadeAgainAndAnsweredThoughTheStoreIsDamaged() {
        fill();
        disk.capacity(disk.names().stream()
                .mapToLong(name -> disk.content(name).length)
                .sum());
        List<LogRecord> last = new ArrayList<>();
        assertRefused(() -> {
            for (int i = 0; i < 40; i++) {
                last.clear();
                last.addAll(chain.puts(1, 150));
                SimStore.get(store.append(List.copyOf(last)));
            }
        });
        disk.capacity(Long.MAX_VALUE);
        flip(segments().get(0), 600);
        pass();
        awaitTold();

        assertRefused(() -> SimStore.get(store.saveMetadata(UTF_8.encode("another store"))));
        assertThatThrownBy(() -> SimStore.get(store.append(List.copyOf(last)))).isInstanceOf(CorruptLogException.class);
        SimStore.get(store.saveMetadata(UTF_8.encode("another store")));
        RecordId label = installState();
        chain.rewind(label);
        SimStore.get(store.append(chain.puts(1, 150)));
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PersistenceException.class,
                        e -> assertThat(e.isRetryable()).isTrue());
    }

    /** A repaired store is as good as new, and is read again. */
    @Test
    void anotherNodesStateMakesTheStoreWorkAgainAndIsScrubbedInItsTurn() {
        fill();
        flip(segments().get(0), 600);
        pass();
        awaitTold();

        RecordId label = installState();

        chain.rewind(label);
        SimStore.get(store.append(chain.puts(100, 150)));
        pass();
        assertThat(told).isEmpty();
        flip(segments().get(0), 600);
        pass();
        assertThat(awaitTold()).hasMessageContaining(segments().get(0));
    }

    /** S13: what the manifest no longer names may hold anything. */
    @Test
    void fileThatIsDroppedWhileItIsReadIsNoDamage() {
        fill();
        beginToReadTheFirstFile();

        flip(segments().get(0), 600);
        RecordId label = installState();
        finishPass();
        settle();

        assertThat(told).isEmpty();
        chain.rewind(label);
        append(1);
    }

    @Test
    void segmentThatIsCutWhileItIsReadIsNoDamage() {
        fill();
        beginToReadTheFirstFile();

        LogRecord kept = records.get(2);
        SimStore.get(store.truncateAfter(kept.lsn()));
        finishPass();
        settle();

        assertThat(told).isEmpty();
        chain.rewind(kept.id());
        append(1);
    }

    @Test
    void closeDoesNotWaitForAScrub() {
        fill();
        beginToReadTheFirstFile();

        store.close();

        assertThat(told).isEmpty();
    }

    /** Found by a compaction, which reads too. */
    @Test
    void damageThatACompactionFindsIsToldAsWell() {
        fill();
        flip(segments().get(1), 900);

        compact();

        CorruptLogException damage = awaitTold();
        assertThat(damage).hasMessageContaining("at byte ");
        assertStopped(damage);
        assertStartsDamagedUntilItIsGivenAnotherState();
    }

    @Test
    void scrubThatIsOffReadsNothing() {
        try (FilePersistence off = FilePersistence.builder(Path.of("off"))
                .disk(new SimDisk())
                .scrub(0, REST)
                .build()) {
            off.open();
            SimStore.get(off.recover(new Recovered()));

            assertThat(threads()).contains("kvgrid-off-log").doesNotContain("kvgrid-off-scrub");
        }
        assertThat(threads()).contains("kvgrid-sim-scrub");
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        FilePersistence.Builder builder = FilePersistence.builder(Path.of("sim"));

        assertThatIllegalArgumentException().isThrownBy(() -> builder.scrub(-1, REST));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.scrub(1, Duration.ZERO));
    }

    private FilePersistence open(Pauses wait) {
        FilePersistence opened = FilePersistence.builder(Path.of("sim"))
                .segmentBytes(SimStore.SEGMENT_BYTES)
                .disk(disk)
                .background(Runnable::run)
                .idle(Duration.ofDays(1))
                .pauses(wait)
                .scrub(BYTES_PER_SECOND, REST)
                .build();
        opened.open();
        opened.onDamage(told::add);
        SimStore.get(opened.recover(new Recovered()));
        return opened;
    }

    /** Some sealed segments, and one that grows. */
    private void fill() {
        SimStore.get(store.saveMetadata(METADATA));
        append(80);
        assertThat(segments()).hasSizeGreaterThan(3);
    }

    private void append(int count) {
        List<LogRecord> added = chain.puts(count, 150);
        records.addAll(added);
        for (LogRecord record : added) {
            SimStore.get(store.append(List.of(record)));
        }
    }

    private void compact() {
        long lsn = records.get(records.size() - 1).lsn();
        store.committed(lsn, () -> Script.stateAt(lsn));
        settle();
        settle(); // the compaction itself, then its end
    }

    /** On return the store has dealt with what was submitted before. */
    private void settle() {
        SimStore.get(store.saveMetadata(METADATA));
    }

    private RecordId installState() {
        RecordId label = new RecordId(9, 500, 77);
        SnapshotInstallation installation = store.installSnapshot();
        SimStore.get(installation.commit(label, Script.stateAt(500)));
        return label;
    }

    private void beginToReadTheFirstFile() {
        assertThat(pauses.awaitNext()).isEqualTo(REST.toNanos());
        pauses.over();
        pauses.awaitNext();
    }

    private void finishPass() {
        do {
            pauses.over();
        } while (pauses.awaitNext() != REST.toNanos());
        restBegun = true;
    }

    private boolean restBegun;

    /** Lets one whole pass go by. Returns how many seconds it took. */
    private long pass() {
        if (!restBegun) {
            assertThat(pauses.awaitNext()).isEqualTo(REST.toNanos());
        }
        long nanos = 0;
        pauses.over();
        long next = pauses.awaitNext();
        while (next != REST.toNanos()) {
            nanos += next;
            pauses.over();
            next = pauses.awaitNext();
        }
        restBegun = true;
        return TimeUnit.NANOSECONDS.toSeconds(nanos);
    }

    private List<String> segments() {
        return disk.names().stream().filter(name -> name.endsWith(".log")).toList();
    }

    /** What the manifest says of the sealed segments, less the headers, which are read first and by themselves. */
    private long coldBytes() {
        try {
            Manifest manifest = Manifest.decode(ByteBuffer.wrap(disk.content(FileNames.MANIFEST)), "manifest");
            return manifest.segments().stream()
                    .filter(SegmentInfo::sealed)
                    .mapToLong(segment -> segment.end() - FileHeader.BYTES)
                    .sum();
        } catch (Damage e) {
            throw new AssertionError(e);
        }
    }

    private void flip(String name, int position) {
        byte[] bytes = disk.content(name);
        bytes[position] ^= 1;
        disk.damage(name, bytes);
    }

    private CorruptLogException awaitTold() {
        try {
            CorruptLogException damage = told.poll(30, TimeUnit.SECONDS);
            if (damage == null) {
                throw new AssertionError("no damage was told");
            }
            return damage;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void assertStopped(CorruptLogException damage) {
        assertThatThrownBy(() -> SimStore.get(store.append(chain.puts(1, 10)))).isSameAs(damage);
        assertThatThrownBy(() -> SimStore.get(store.truncateAfter(records.size())))
                .isSameAs(damage);
        store.committed(records.size(), () -> METADATA);
        settle();
        assertThat(told).as("told once").isEmpty();
    }

    /** S7: the files are as they were, metadata too, until another state is installed. */
    private void assertStartsDamagedUntilItIsGivenAnotherState() {
        store.close();
        for (int start = 0; start < 2; start++) {
            assertThatThrownBy(() -> SimStore.open(disk)).isInstanceOf(CorruptLogException.class);
        }
        try (FilePersistence again = FilePersistence.builder(Path.of("sim"))
                .disk(disk)
                .background(Runnable::run)
                .build()) {
            assertThat(again.open()).contains(METADATA);
            assertThatThrownBy(() -> SimStore.get(again.recover(new Recovered())))
                    .isInstanceOf(CorruptLogException.class);
            SimStore.get(again.saveMetadata(UTF_8.encode("newer")));
            SimStore.get(again.installSnapshot().commit(RecordId.NONE, METADATA));
            SimStore.get(again.append(new Chain().puts(3, 10)));
        }
        try (SimStore whole = SimStore.open(disk)) {
            assertThat(whole.metadata).contains(UTF_8.encode("newer"));
            assertThat(whole.recovered.records).hasSize(3);
        }
    }
}
