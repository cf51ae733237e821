package io.kvgrid.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.serialization.Serializer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GridStoreTest {
    private final GridStore store = new GridStore(new KeyHash(3, 4));
    private final TestLog log = new TestLog();

    @Test
    void appliedRecordsAreWhatReadsSee() {
        store.apply(log.put("a", "1"));
        store.apply(log.put("b", "2"));
        store.apply(log.put("a", "3"));
        store.apply(log.remove("b"));
        store.apply(log.noOp());

        assertThat(value("a")).isEqualTo("3");
        assertThat(entry("a").version()).isEqualTo(3);
        assertThat(value("b")).isNull();
        assertThat(store.size()).isEqualTo(1);
        assertThat(store.appliedLsn()).isEqualTo(5);
        assertThat(store.version(1, ByteBuffer.wrap(TestLog.bytes("a")))).isEqualTo(3);
        assertThat(store.version(2, ByteBuffer.wrap(TestLog.bytes("a")))).isZero(); // another map
    }

    @Test
    void aRecordThatHasTakenEffectIsIgnored() {
        LogRecord first = log.put("a", "old");
        store.apply(first);
        store.apply(log.put("a", "new"));

        store.apply(first);

        assertThat(value("a")).isEqualTo("new");
        assertThat(store.appliedLsn()).isEqualTo(2);
    }

    /** P18: a store that is damaged again before it is where it was must not show readers of this process something older. */
    @Test
    void whatWasShownIsRememberedOverSeveralRepairs() {
        for (int i = 0; i < 5; i++) {
            store.apply(log.put("a", "1"));
        }
        store.expectOlder();
        store.replaceBy(store.replacement(), 3);
        assertThat(store.shownLsn()).isEqualTo(5);

        store.expectOlder();
        store.replaceBy(store.replacement(), 2);

        assertThat(store.appliedLsn()).isEqualTo(2);
        assertThat(store.shownLsn()).isEqualTo(5);
    }

    @Test
    void expiredEntriesComeEarliestFirstAndFollowEveryChange() {
        store.apply(log.put("a", "1", 30));
        store.apply(log.put("c", "1", 10));
        store.apply(log.put("b", "1", 10));
        store.apply(log.put("never", "1"));
        store.apply(log.put("moved", "1", 5));
        store.apply(log.put("moved", "1", 40));
        store.apply(log.put("gone", "1", 5));
        store.apply(log.remove("gone"));
        store.apply(log.put("kept", "1", 5));
        store.apply(log.put("kept", "1"));

        assertThat(keys(store.expired(9, 10))).isEmpty();
        assertThat(keys(store.expired(10, 10))).containsExactly("b", "c");
        assertThat(keys(store.expired(100, 3))).containsExactly("b", "c", "a");
        assertThat(keys(store.expired(100, 10))).containsExactly("b", "c", "a", "moved");
    }

    @Test
    void aReplacementIsSwitchedInWholeAndVersionsWinInIt() {
        store.apply(log.put("a", "old"));
        GridStore.Replacement replacement = store.replacement();

        assertThat(replacement.add(snapshot("a", "scan", 9))).isTrue();
        assertThat(replacement.add(snapshot("a", "log", 8))).isFalse();
        assertThat(replacement.add(snapshot("b", "scan", 4))).isTrue();
        assertThat(replacement.add(removal("b", 7))).isTrue();
        assertThat(replacement.add(snapshot("b", "late", 6))).isFalse(); // removals count too
        assertThat(replacement.add(removal("c", 3))).isTrue();
        assertThat(replacement.add(snapshot("c", "again", 5))).isTrue();
        assertThat(value("a")).isEqualTo("old");
        assertThat(store.size()).isEqualTo(1);

        store.replaceBy(replacement, 9);

        assertThat(value("a")).isEqualTo("scan");
        assertThat(value("b")).isNull();
        assertThat(value("c")).isEqualTo("again");
        assertThat(store.size()).isEqualTo(2);
        assertThat(store.appliedLsn()).isEqualTo(9);
    }

    @Test
    void aReplacementNeverTakesTheStoreBack() {
        store.apply(log.put("a", "1"));
        store.apply(log.put("a", "2"));

        assertThatThrownBy(() -> store.replaceBy(store.replacement(), 1)).isInstanceOf(IllegalStateException.class);

        assertThat(value("a")).isEqualTo("2");
    }

    @Test
    void aScanGivesWhatIsThere() {
        store.apply(log.put("a", "1", 7));
        store.apply(log.put("b", "2"));
        store.apply(log.remove("a"));
        store.apply(log.put("c", "3", 8));

        List<SnapshotEntry> scanned = new ArrayList<>();
        store.scan().forEachRemaining(scanned::add);

        assertThat(keys(scanned)).containsExactlyInAnyOrder("b", "c");
        SnapshotEntry c = scanned.stream()
                .filter(e -> text(e.key()).equals("c"))
                .findFirst()
                .orElseThrow();
        assertThat(c.version()).isEqualTo(4);
        assertThat(c.expiryMillis()).isEqualTo(8);
        assertThat(c.value()).isEqualTo(ByteBuffer.wrap(TestLog.bytes("3")));
    }

    @Test
    void aValueIsDecodedOnce() {
        store.apply(log.put("a", "text"));
        AtomicInteger calls = new AtomicInteger();
        Serializer<Object> serializer = new Serializer<>() {
            @Override
            public byte[] serialize(Object value) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Object deserialize(byte[] bytes) {
                calls.incrementAndGet();
                return new String(bytes, StandardCharsets.UTF_8);
            }

            @Override
            public List<String> description() {
                return List.of();
            }
        };

        Object first = entry("a").value(serializer);

        assertThat(first).isEqualTo("text");
        assertThat(entry("a").value(serializer)).isSameAs(first);
        assertThat(calls).hasValue(1);
    }

    @Test
    void keysAndValuesAreNotShown() {
        store.apply(log.put("secret-key", "secret-value"));

        StoreKey key = store.key(1, TestLog.bytes("secret-key"));

        assertThat(key.toString() + entry("secret-key")).doesNotContain("secret");
    }

    private StoredEntry entry(String key) {
        StoredEntry entry = store.get(store.key(1, TestLog.bytes(key)));
        return entry == null ? StoredEntry.ABSENT : entry;
    }

    private @org.jspecify.annotations.Nullable String value(String key) {
        StoredEntry entry = entry(key);
        return entry.isPresent() ? text(entry.bytes()) : null;
    }

    private static SnapshotEntry snapshot(String key, String value, long version) {
        return new SnapshotEntry(
                1, ByteBuffer.wrap(TestLog.bytes(key)), ByteBuffer.wrap(TestLog.bytes(value)), version, 0);
    }

    private static SnapshotEntry removal(String key, long version) {
        return new SnapshotEntry(1, ByteBuffer.wrap(TestLog.bytes(key)), null, version, 0);
    }

    private static List<String> keys(List<SnapshotEntry> entries) {
        return entries.stream().map(entry -> text(entry.key())).toList();
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
