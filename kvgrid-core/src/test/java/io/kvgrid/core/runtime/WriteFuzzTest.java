package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridLimits;
import io.kvgrid.OperationAck;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationId;
import io.kvgrid.OperationTimeoutException;
import io.kvgrid.Role;
import io.kvgrid.WriteOptions;
import io.kvgrid.core.client.MapView;
import io.kvgrid.core.store.GridStore;
import io.kvgrid.core.store.KeyHash;
import io.kvgrid.core.store.StoredEntry;
import io.kvgrid.spi.persistence.InvalidRecordException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.serialization.Serializer;
import io.kvgrid.testkit.ReferenceArbiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * S24: whatever callers ask for, what gets an LSN is a record that every node can store, read back and apply, and what is
 * refused gets none. Three nodes; writes enter through the primary and through a secondary.
 */
class WriteFuzzTest {
    private static final GridLimits SMALL = new GridLimits(40, 300, 64, 20_000);
    private static final GridLimits LARGEST = new GridLimits(200 << 10, 808 << 10, 64, 64 << 20);
    private static final int[] MAPS = {1, 2, 0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE};
    private static final long[] NUMBERS = {0, 1, 2, 1_023, 1_024, Long.MAX_VALUE - 1, Long.MAX_VALUE};
    private static final Serializer<byte[]> AS_THEY_ARE = new Serializer<>() {
        @Override
        public byte[] serialize(byte[] value) {
            return value.clone();
        }

        @Override
        public byte[] deserialize(byte[] bytes) {
            return bytes.clone();
        }

        @Override
        public List<String> description() {
            return List.of("bytes");
        }
    };

    private final TestLoop loop = new TestLoop();
    private final TestNetwork network = new TestNetwork(loop);
    private final ReferenceArbiter arbiter = new ReferenceArbiter();
    private final List<FaultyPersistence> stores = new ArrayList<>();
    private final List<TestMember> members = new ArrayList<>();
    private final List<byte[]> keys = new ArrayList<>();
    private final List<CompletableFuture<OperationAck>> submitted = new ArrayList<>();
    private int refusedAtOnce;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whatIsAppliedIsWhatWasAcknowledged(long seed) {
        fuzz(seed, SMALL, 4_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {4})
    void soItIsWithTheLargestRecords(long seed) {
        fuzz(seed, LARGEST, 60);
    }

    private void fuzz(long seed, GridLimits limits, int writes) {
        Random random = new Random(seed);
        start(limits);
        for (int i = 0; i < 30; i++) {
            keys.add(bytes(random, i == 0 ? limits.maxKeyBytes() : length(random, limits.maxKeyBytes())));
        }
        while (submitted.size() + refusedAtOnce < writes) {
            write(random, limits);
            if (random.nextInt(10) > 0) { // else in one go with the next ones
                loop.advanceMillis(random.nextInt(5));
            }
        }
        loop.advanceMillis(3_000);

        Set<OperationId> acknowledged = new HashSet<>();
        int failed = 0;
        for (CompletableFuture<OperationAck> write : submitted) {
            assertThat(write).as("seed %d", seed).isDone();
            try {
                acknowledged.add(write.join().id());
            } catch (CompletionException e) {
                assertThat(e).cause().isInstanceOf(OperationFailedException.class);
                assertThat(e).cause().isNotInstanceOf(OperationTimeoutException.class);
                failed++;
            }
        }
        assertThat(carriedOut()).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(acknowledged);
        assertThat(failed).isPositive();
        assertThat(refusedAtOnce).isPositive();
        assertThat(stores.get(0).appended())
                .allMatch(record -> record.key().remaining() <= limits.maxKeyBytes()
                        && record.value().remaining() <= limits.maxValueBytes());
        checkReplicas(seed);
        System.out.println(
                "FUZZ writes of seed " + seed + ": " + acknowledged.size() + " operations acknowledged, " + failed
                        + " writes failed, " + refusedAtOnce + " refused at once, "
                        + stores.get(0).appended().size() + " records");
    }

    private void start(GridLimits limits) {
        for (int number = 1; number <= 3; number++) {
            FaultyPersistence store = new FaultyPersistence();
            List<Integer> peers = number == 1 ? List.of() : List.of(1);
            stores.add(store);
            members.add(
                    new TestMember(loop, network, "n" + number, number, peers, store, arbiter, limits, true).start());
            loop.advanceMillis(5_000);
        }
    }

    private void write(Random random, GridLimits limits) {
        TestMember member = members.get(random.nextInt(2));
        int mapId = MAPS[random.nextInt(MAPS.length)];
        MapView<byte[], byte[]> map =
                new MapView<>(member.runtime, mapId, AS_THEY_ARE, AS_THEY_ARE, limits, TestMember.SECOND);
        byte[] key = random.nextInt(20) == 0
                ? bytes(random, limits.maxKeyBytes() + 1 + random.nextInt(20))
                : keys.get(random.nextInt(keys.size()));
        try {
            WriteOptions options = options(random, member);
            submitted.add(
                    random.nextInt(4) == 0
                            ? map.remove(key, options)
                            : map.insert(key, bytes(random, length(random, limits.maxValueBytes())), options));
        } catch (IllegalArgumentException e) {
            refusedAtOnce++;
        }
    }

    private static WriteOptions options(Random random, TestMember member) {
        WriteOptions options = WriteOptions.DEFAULT;
        options = switch (random.nextInt(8)) {
            case 0 -> options.ifAbsent();
            case 1 -> options.ifPresent();
            case 2 -> options.ifVersion(random.nextInt(3_000) - 1);
            default -> options;
        };
        options = switch (random.nextInt(16)) {
            case 0, 1, 2 -> options.timeToLive(Duration.ofNanos(1 + random.nextInt(20_000_000)));
            case 3 -> options.timeToLive(WriteOptions.MAX_TIME_TO_LIVE);
            case 4 -> options.timeToLive(WriteOptions.MAX_TIME_TO_LIVE.plusNanos(1));
            case 5 -> options.timeToLive(Duration.ofMillis(Long.MAX_VALUE));
            default -> options;
        };
        UUID client = random.nextBoolean() ? member.bootId : new UUID(0, random.nextInt(3));
        return random.nextInt(6) == 0
                ? options.operationId(new OperationId(client, NUMBERS[random.nextInt(NUMBERS.length)]))
                : options;
    }

    /** The operation of each record that got an LSN; of those that the primary wrote for expiry, none. */
    private List<OperationId> carriedOut() {
        return stores.get(0).appended().stream()
                .flatMap(record -> record.operation().stream())
                .toList();
    }

    /** Each node's records read back from their bytes, applied, give what each node holds. */
    private void checkReplicas(long seed) {
        GridStore expected = new GridStore(new KeyHash(seed, 5));
        stores.get(0).appended().forEach(record -> expected.apply(readBack(record)));
        for (int i = 0; i < members.size(); i++) {
            TestMember member = members.get(i);
            assertThat(member.runtime.status().role()).isEqualTo(i == 0 ? Role.PRIMARY : Role.SECONDARY);
            assertThat(stores.get(i).appended())
                    .containsAll(lastOf(stores.get(0).appended()));
            stores.get(i).appended().forEach(WriteFuzzTest::readBack);
            assertThat(member.runtime.appliedLsn()).isEqualTo(expected.appliedLsn());
            assertThat(member.runtime.entries()).isEqualTo(expected.size());
            for (byte[] key : keys) {
                for (int mapId : MAPS) {
                    assertSame(
                            member.runtime.peek(member.runtime.key(mapId, key)),
                            expected.get(expected.key(mapId, key)));
                }
            }
        }
    }

    private static List<LogRecord> lastOf(List<LogRecord> records) {
        return records.subList(records.size() - 1, records.size());
    }

    private static LogRecord readBack(LogRecord record) {
        try {
            LogRecord read = RecordFormat.read(record.bytes());
            assertThat(read).isEqualTo(record);
            return read;
        } catch (InvalidRecordException e) {
            throw new AssertionError("no log can read " + record, e);
        }
    }

    private static void assertSame(@Nullable StoredEntry found, @Nullable StoredEntry expected) {
        if (expected == null) {
            assertThat(found).isSameAs(StoredEntry.ABSENT);
        } else {
            Objects.requireNonNull(found, "not ready");
            assertThat(found.version()).isEqualTo(expected.version());
            assertThat(found.expiryMillis()).isEqualTo(expected.expiryMillis());
            assertThat(found.bytes()).isEqualTo(expected.bytes());
        }
    }

    /** Any length up to the limit, mostly short; at times the limit itself, and one more. */
    private static int length(Random random, int limit) {
        return switch (random.nextInt(10)) {
            case 0 -> limit;
            case 1 -> random.nextInt(limit + 1);
            case 2 -> 0;
            case 3 -> limit + random.nextInt(2);
            default -> random.nextInt(20);
        };
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
