package io.kvgrid.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.core.replication.CommittedState;
import io.kvgrid.spi.persistence.LogRecord;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** P38: what a state adds up to depends on the state alone. */
class StateDigestTest {
    private final GridStore store = new GridStore(new KeyHash(3, 4));
    private final TestLog log = new TestLog();

    @Test
    void equalStatesAgreeWhateverTheHashesOfTheirKeysAndTheWayTheyCame() {
        GridStore other = new GridStore(new KeyHash(77, 78));
        GridStore.Replacement received = other.replacement();
        for (int i = 0; i < 100; i++) {
            store.apply(log.put("key " + i % 40, "value " + i, i % 3));
        }
        store.apply(log.remove("key 7"));
        store.scan().forEachRemaining(received::add);
        other.replaceBy(received, store.appliedLsn());
        assertThat(other.digest()).isEqualTo(store.digest());

        var last = List.of(log.put("key 3", "x"), log.remove("key 4"), log.remove("nothing"));
        last.forEach(store::apply);
        last.forEach(other::apply);

        assertThat(other.digest()).isEqualTo(store.digest());
    }

    @Test
    void emptyStateIsZeroAgainWhenAllIsRemoved() {
        store.apply(log.put("a", "1"));
        store.apply(log.put("a", "2", 5));
        store.apply(log.remove("a"));

        assertThat(store.digest().value()).isZero();
    }

    @Test
    void everyPartOfAnEntryCounts() {
        long digest = digestOf(l -> l.put("a", "1", 5));

        assertThat(digestOf(l -> l.put("b", "1", 5))).isNotEqualTo(digest);
        assertThat(digestOf(l -> l.put("a", "2", 5))).isNotEqualTo(digest);
        assertThat(digestOf(l -> l.put("a", "1", 6))).isNotEqualTo(digest);
        assertThat(digestOf(l -> {
                    l.noOp();
                    return l.put("a", "1", 5); // another version
                }))
                .isNotEqualTo(digest);
    }

    @Test
    void digestsOfLateStatesAreRemembered() {
        OptionalLong before = OptionalLong.empty();
        for (int i = 1; i <= 2 * CommittedState.DIGEST_EVERY + 10; i++) {
            store.apply(log.put("key " + i, "value"));
            if (i == CommittedState.DIGEST_EVERY) {
                before = store.digestAt(i);
            }
        }

        assertThat(before).isPresent();
        assertThat(store.digestAt(CommittedState.DIGEST_EVERY)).isEqualTo(before);
        assertThat(store.digestAt(2 * CommittedState.DIGEST_EVERY)).isPresent().isNotEqualTo(before);
        assertThat(store.digestAt(CommittedState.DIGEST_EVERY + 1)).isEmpty();
        assertThat(store.digestAt(0)).isEmpty();
        assertThat(store.digestAt(store.appliedLsn())).hasValue(store.digest().value());
    }

    private static long digestOf(Function<TestLog, LogRecord> write) {
        GridStore one = new GridStore(new KeyHash(1, 2));
        one.apply(write.apply(new TestLog()));
        return one.digest().value();
    }
}
