package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The last entry of each key, as a map would have it. */
class EntryTableTest {
    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 20);
    private int yields;
    private final Courtesy courtesy = new Courtesy(() -> yields++);

    @Test
    void holdsWhatAMapWouldHold() throws Exception {
        Random random = new Random(11);
        Map<String, SnapshotEntry> expected = new LinkedHashMap<>();
        for (int i = 1; i <= 5_000; i++) {
            String key = "k" + random.nextInt(900);
            int map = 1 + random.nextInt(2);
            SnapshotEntry entry = entry(map, key, random.nextInt(4) == 0 ? null : "v" + i, i);
            EntryCodec.write(entry, bytes);
            expected.remove(map + key);
            expected.put(map + key, entry);
        }

        EntryTable table = EntryTable.of(bytes.flip(), "spill", courtesy);

        List<SnapshotEntry> found = new ArrayList<>();
        table.values(encoded -> found.add(decoded(encoded)));
        assertThat(found)
                .containsExactlyElementsOf(expected.values().stream()
                        .filter(entry -> entry.value() != null)
                        .toList());
        for (SnapshotEntry entry : expected.values()) {
            assertThat(has(table, entry)).as("%s, removals too", entry).isTrue();
        }
        for (int i = 900; i < 2_000; i++) {
            assertThat(has(table, entry(1, "k" + i, "v", 1))).isFalse();
        }
        assertThat(has(table, entry(3, "k1", "v", 1)))
                .as("the map is part of the key")
                .isFalse();
    }

    @Test
    void othersHaveTheProcessorEveryFewKibibytes() throws Exception {
        for (int i = 1; i <= 5_000; i++) {
            EntryCodec.write(entry(1, "k" + i, "v".repeat(100), i), bytes);
        }
        int length = bytes.flip().remaining();

        EntryTable.of(bytes, "spill", courtesy);

        assertThat(yields).isBetween(length / 8192, length / 1024);
    }

    @Test
    void whatIsNoEntryIsDamage() {
        EntryCodec.write(entry(1, "key", "value", 1), bytes);
        bytes.flip().limit(bytes.limit() - 1);

        assertThatThrownBy(() -> EntryTable.of(bytes, "spill", courtesy)).isInstanceOf(Damage.class);
    }

    private static boolean has(EntryTable table, SnapshotEntry entry) {
        ByteBuffer encoded = ByteBuffer.allocate(7 + EntryCodec.length(entry)).position(7);
        EntryCodec.write(entry, encoded);
        return table.hasKeyOf(encoded, 7, EntryCodec.hash(entry));
    }

    private static SnapshotEntry decoded(ByteBuffer encoded) {
        try {
            SnapshotEntry entry = EntryCodec.read(encoded, "table", 0);
            assertThat(encoded.remaining()).isZero();
            return entry;
        } catch (Damage e) {
            throw new AssertionError(e);
        }
    }

    private static SnapshotEntry entry(int map, String key, @Nullable String value, long version) {
        return new SnapshotEntry(map, utf8(key), value == null ? null : utf8(value), version, version * 3);
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
