package io.kvgrid.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.kvgrid.core.message.Message;
import io.kvgrid.core.store.GridStore;
import io.kvgrid.core.store.KeyHash;
import io.kvgrid.spi.persistence.InvalidRecordException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordBody;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * S24: whatever a peer sends, an Append is refused with a typed error, or its records apply, on every node alike; and a
 * forwarded write is refused, or makes a record that every node can read and apply.
 */
class ApplyFuzzTest {
    private static final int ROUNDS = 100_000;
    /** Where a forwarded write's body begins. */
    private static final int WRITE_BODY = MessageCodec.HEADER_BYTES + 25;

    private static final long[] EXTREMES = {0, 1, -1, 4, 5, 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE, Integer.MAX_VALUE
    };
    /** Offset and width of a record's fields but its checksums, and the first bytes of its key. */
    private static final int[][] FIELDS = {
        {0, 2}, {2, 1}, {3, 1}, {4, 4}, {8, 8}, {16, 8}, {24, 4}, {28, 4}, {32, 8}, {40, 8}, {48, 8}, {56, 8}, {64, 8},
        {72, 8}, {80, 4}, {84, 4}, {96, 1}
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void recordsOfADamagedAppendAreRefusedOrApply(long seed) {
        Random random = new Random(seed);
        int refused = 0;
        int applied = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<LogRecord> records = records(random);
            byte[] bytes = Samples.encode(new Message.Append(RecordId.NONE, 0, records));
            byte[] damaged = switch (random.nextInt(4)) {
                case 0 -> Mutations.damage(bytes, random);
                case 1 -> bytes;
                default ->
                    forged(bytes, bytes.length - records.get(records.size() - 1).length(), random);
            };
            try {
                Message message = MessageCodec.decode(ByteBuffer.wrap(damaged)).message();
                if (message instanceof Message.Append append) {
                    RecordId last = append.previous();
                    for (LogRecord record : append.records()) {
                        assertThat(record.follows(last)).isTrue();
                        last = record.id();
                    }
                    applyOnTwo(append.records());
                    applied++;
                }
            } catch (MalformedMessageException e) {
                refused++;
            } catch (RuntimeException | AssertionError e) {
                fail("seed " + seed + ", round " + round, e);
            }
        }
        System.out.println("FUZZ appends of seed " + seed + ": " + refused + " refused, " + applied + " applied");
        assertThat(refused).isGreaterThan(ROUNDS / 10);
        assertThat(applied).isGreaterThan(ROUNDS / 10);
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 4})
    void damagedForwardedWritesAreRefusedOrMakeARecordThatApplies(long seed) {
        Random random = new Random(seed);
        int refused = 0;
        int applied = 0;
        for (int round = 0; round < ROUNDS; round++) {
            RecordBody body =
                    random.nextBoolean() ? Samples.put(text(random), text(random)) : Samples.removal(text(random));
            byte[] bytes = Samples.encode(Samples.writeRequest(body));
            byte[] damaged = random.nextInt(4) == 0 ? Mutations.damage(bytes, random) : forgedWrite(bytes, random);
            long gridTime = random.nextLong() >>> 4; // up to 36 million years
            try {
                Message message = MessageCodec.decode(ByteBuffer.wrap(damaged)).message();
                if (message instanceof Message.WriteRequest request) {
                    long expiry = request.timeToLiveMillis() == 0 ? 0 : gridTime + request.timeToLiveMillis();
                    applyOnTwo(List.of(request.body().seal(RecordId.NONE, 1, gridTime, expiry)));
                    applied++;
                }
            } catch (MalformedMessageException e) {
                refused++;
            } catch (RuntimeException | AssertionError e) {
                fail("seed " + seed + ", round " + round, e);
            }
        }
        System.out.println(
                "FUZZ forwarded writes of seed " + seed + ": " + refused + " refused, " + applied + " applied");
        assertThat(refused).isGreaterThan(ROUNDS / 10);
        assertThat(applied).isGreaterThan(ROUNDS / 10);
    }

    /** What fits into a forwarded write by a few bytes only, no Append could carry to the secondaries. */
    @Test
    void forwardedWriteThatNoAppendCanCarryIsRefused() throws MalformedMessageException {
        int most = MessageCodec.MAX_APPEND_BYTES - RecordFormat.HEADER_BYTES - 1;
        Message fits = MessageCodec.decode(ByteBuffer.wrap(Samples.encode(Samples.writeRequest(put(most)))))
                .message();
        LogRecord record = ((Message.WriteRequest) fits).body().seal(RecordId.NONE, 1, 0, 0);
        assertThat(Samples.encode(new Message.Append(RecordId.NONE, 0, List.of(record))))
                .hasSize(MessageCodec.MAX_MESSAGE_BYTES);

        byte[] longer = Samples.encode(Samples.writeRequest(put(most + 1)));
        assertThatThrownBy(() -> MessageCodec.decode(ByteBuffer.wrap(longer)))
                .isInstanceOf(MalformedMessageException.class);
    }

    private static RecordBody put(int valueBytes) {
        return RecordFormat.body(RecordKind.PUT, 1, new byte[1], new byte[valueBytes]);
    }

    private static void applyOnTwo(List<LogRecord> records) {
        GridStore first = new GridStore(new KeyHash(1, 2));
        GridStore second = new GridStore(new KeyHash(3, 4));
        for (LogRecord record : records) {
            first.apply(record);
            LogRecord stored = readBack(record);
            second.apply(stored);
            second.apply(stored); // a second time changes nothing (P33)
        }
        GridStore third = new GridStore(new KeyHash(5, 6));
        GridStore.Replacement replacement = third.replacement();
        first.scan().forEachRemaining(replacement::add);
        third.replaceBy(replacement, first.appliedLsn());

        assertThat(entries(second)).isEqualTo(entries(first));
        assertThat(entries(third)).isEqualTo(entries(first));
        assertThat(second.appliedLsn()).isEqualTo(first.appliedLsn());
        assertThat(second.expired(Long.MAX_VALUE, 100)).isEqualTo(first.expired(Long.MAX_VALUE, 100));
    }

    private static LogRecord readBack(LogRecord record) {
        try {
            return RecordFormat.read(record.bytes());
        } catch (InvalidRecordException e) {
            throw new AssertionError("no log can read " + record, e);
        }
    }

    private static Set<SnapshotEntry> entries(GridStore store) {
        Set<SnapshotEntry> all = new HashSet<>();
        store.scan().forEachRemaining(all::add);
        return all;
    }

    private static List<LogRecord> records(Random random) {
        List<LogRecord> records = new ArrayList<>();
        RecordId last = RecordId.NONE;
        long epoch = 1;
        for (int count = 1 + random.nextInt(5); count > 0; count--) {
            RecordBody body = switch (random.nextInt(5)) {
                case 0 -> Samples.removal(text(random));
                case 1 -> Samples.blank(random.nextBoolean() ? RecordKind.NO_OP : RecordKind.EPOCH_START);
                default -> Samples.put(text(random), text(random));
            };
            long expiry = body.kind() == RecordKind.PUT && random.nextInt(3) == 0 ? 1 + random.nextInt(100) : 0;
            if (random.nextBoolean()) {
                body.operation(Samples.operation(random.nextInt(10)), random.nextInt(10));
            }
            epoch += random.nextInt(2);
            LogRecord record = body.seal(last, epoch, random.nextInt(1_000), expiry);
            records.add(record);
            last = record.id();
        }
        return records;
    }

    private static String text(Random random) {
        return "x".repeat(random.nextInt(4));
    }

    /** The record at {@code start} with fields changed, under checksums that are right again. */
    private static byte[] forged(byte[] bytes, int start, Random random) {
        byte[] forged = bytes.clone();
        change(forged, start, random);
        ByteBuffer buffer = ByteBuffer.wrap(forged);
        buffer.putInt(start + 88, crc(forged, start + RecordFormat.HEADER_BYTES, forged.length));
        buffer.putInt(start + 92, crc(forged, start, start + 92));
        return forged;
    }

    /** A write with its time to live and fields of its body changed, under a body checksum that is right again. */
    private static byte[] forgedWrite(byte[] bytes, Random random) {
        byte[] forged = bytes.clone();
        ByteBuffer buffer = ByteBuffer.wrap(forged);
        buffer.putLong(WRITE_BODY - Long.BYTES, random.nextBoolean() ? 0 : extreme(random));
        if (random.nextBoolean()) {
            change(forged, WRITE_BODY, random);
        }
        buffer.putInt(WRITE_BODY + 88, crc(forged, WRITE_BODY + RecordFormat.HEADER_BYTES, forged.length));
        return forged;
    }

    private static void change(byte[] bytes, int start, Random random) {
        for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
            int[] field = FIELDS[random.nextInt(FIELDS.length)];
            long value = extreme(random);
            for (int i = 0; i < field[1] && start + field[0] + i < bytes.length; i++) {
                bytes[start + field[0] + i] = (byte) (value >>> (8 * (field[1] - 1 - i)));
            }
        }
    }

    private static long extreme(Random random) {
        return random.nextInt(3) == 0 ? random.nextLong() : EXTREMES[random.nextInt(EXTREMES.length)];
    }

    private static int crc(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }
}
