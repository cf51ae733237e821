package io.kvgrid.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

class DirtyKeysTest {
    private final GridStore store = new GridStore(new KeyHash(1, 2));
    private final DirtyKeys dirty = new DirtyKeys(store);
    private final TestLog log = new TestLog();

    @Test
    void aMarkNamesTheHighestUncommittedLsn() {
        assertThat(lsn("a")).isZero();

        dirty.mark(List.of(log.put("a", "1"), log.put("b", "2"), log.remove("a")));

        assertThat(lsn("a")).isEqualTo(3);
        assertThat(lsn("b")).isEqualTo(2);
        assertThat(lsn("c")).isZero();
    }

    @Test
    void recordsWithoutAKeyMarkNothing() {
        dirty.mark(List.of(log.noOp()));

        assertThat(lsn("")).isZero();
    }

    @Test
    void aMarkIsClearedOnlyWhenWhatItNamesIsCommitted() {
        dirty.mark(List.of(log.put("a", "1"), log.put("b", "2"), log.put("a", "3")));

        dirty.clear(2);
        assertThat(lsn("a")).isEqualTo(3); // P27: not cleared by an older lsn
        assertThat(lsn("b")).isZero();

        dirty.clear(3);
        assertThat(lsn("a")).isZero();
    }

    @Test
    void aMarkMadeAfterAClearIsSeen() {
        dirty.mark(List.of(log.put("a", "1")));
        dirty.clear(1);

        dirty.mark(List.of(log.put("a", "2")));

        assertThat(lsn("a")).isEqualTo(2);
    }

    @Test
    void truncationBringsBackTheEarlierMark() {
        LogRecord first = log.put("a", "1");
        dirty.mark(List.of(first, log.put("b", "2"), log.put("a", "3"), log.put("c", "4")));

        dirty.truncateAfter(2);

        assertThat(lsn("a")).isEqualTo(1);
        assertThat(lsn("b")).isEqualTo(2);
        assertThat(lsn("c")).isZero();
        dirty.clear(1);
        assertThat(lsn("a")).isZero();

        dirty.truncateAfter(0);
        assertThat(lsn("b")).isZero();
    }

    private long lsn(String key) {
        return dirty.lsn(store.key(1, TestLog.bytes(key)));
    }
}
