package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kvgrid.core.replication.Input;
import io.kvgrid.core.replication.InstallStep;
import io.kvgrid.core.store.DirtyKeys;
import io.kvgrid.core.store.GridStore;
import io.kvgrid.core.store.KeyHash;
import io.kvgrid.core.store.TestLog;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotInstallerTest {
    private final TestLoop loop = new TestLoop();
    private final ScriptedPersistence persistence = new ScriptedPersistence();
    private final List<Input> inputs = new ArrayList<>();
    private final PersistenceQueue queue = new PersistenceQueue(loop, failure -> {});
    private final GridStore store = new GridStore(new KeyHash(1, 2));
    private final DirtyKeys dirty = new DirtyKeys(store);
    private final LogWriter writer = new LogWriter(persistence, queue, inputs::add, 0);
    private final SnapshotInstaller installer =
            new SnapshotInstaller(persistence, queue, store, dirty, writer, inputs::add);
    private final TestLog log = new TestLog();

    @Test
    void theStoreIsSwitchedWhenTheSnapshotIsDurableAndNotBefore() {
        LogRecord old = log.put("old", "1");
        store.apply(old);
        dirty.mark(List.of(log.put("old", "2")));
        installer.execute(new InstallStep.Begin());
        installer.execute(new InstallStep.Add(0, List.of(entry("a", 5), entry("b", 3))));
        installer.execute(new InstallStep.Add(1, List.of(entry("a", 4), entry("c", 6))));
        installer.execute(commit(7));

        assertThat(persistence.calls).containsExactly("install", "add 2"); // one step at a time
        succeed();
        assertThat(persistence.calls).last().isEqualTo("add 1"); // a:4 has lost to a:5
        succeed();
        assertThat(inputs).containsExactly(new Input.SnapshotAdded(0), new Input.SnapshotAdded(1));
        assertThat(persistence.calls).last().isEqualTo("commit 7");
        assertThat(store.size()).isEqualTo(1);
        assertThat(store.appliedLsn()).isEqualTo(1);

        succeed();
        assertThat(inputs).last().isEqualTo(new Input.SnapshotInstalled());
        assertThat(store.size()).isEqualTo(3);
        assertThat(store.appliedLsn()).isEqualTo(7);
        assertThat(dirty.lsn(store.key(1, TestLog.bytes("old")))).isZero(); // that log is gone
    }

    @Test
    void aNewBeginGivesUpWhatWasBegun() {
        installer.execute(new InstallStep.Begin());
        installer.execute(new InstallStep.Add(0, List.of(entry("a", 5))));
        installer.execute(new InstallStep.Begin());
        installer.execute(new InstallStep.Add(0, List.of(entry("b", 6))));
        assertThat(persistence.calls).containsExactly("install", "add 1", "abort", "install", "add 1");

        succeed(); // the one given up says nothing
        assertThat(inputs).isEmpty();
        succeed();
        assertThat(inputs).containsExactly(new Input.SnapshotAdded(0));
        installer.execute(commit(6));
        succeed();

        assertThat(store.get(store.key(1, TestLog.bytes("a")))).isNull();
        assertThat(store.get(store.key(1, TestLog.bytes("b")))).isNotNull();
    }

    /** S7: the first record of the grid needs a log that can take it. */
    @Test
    void recordsForADamagedStoreComeBehindAnEmptyState() {
        List<String> replaced = new ArrayList<>();
        installer.contentIsLost(ByteBuffer.allocate(3), () -> replaced.add("replaced"));
        installer.execute(new InstallStep.Begin()); // given up by the primary, which has the whole log after all

        installer.beforeAppend();
        installer.beforeAppend();

        assertThat(persistence.calls).containsExactly("install", "abort", "install", "commit 0");
        assertThat(replaced).isEmpty();
        persistence.failRetryably();
        loop.advanceMillis(100);
        succeed();
        assertThat(persistence.calls).endsWith("commit 0", "commit 0");
        assertThat(replaced).hasSize(1);
    }

    /** P18: readers have seen more, but the grid's primary may know less to be committed since it came back. */
    @Test
    void stateForADamagedStoreMayBeOlderThanWhatItHad() {
        store.apply(log.put("old", "1"));
        store.apply(log.put("old", "2"));
        List<String> replaced = new ArrayList<>();
        installer.contentIsLost(ByteBuffer.allocate(3), () -> replaced.add("replaced"));

        installer.execute(new InstallStep.Begin());
        installer.execute(commit(1));
        succeed();

        assertThat(store.appliedLsn()).isEqualTo(1);
        assertThat(replaced).hasSize(1);
        installer.beforeAppend();
        assertThat(persistence.calls).containsExactly("install", "commit 1");
        store.apply(log.put("new", "3"));
        assertThatIllegalStateException()
                .as("what was applied since counts")
                .isThrownBy(() -> store.replaceBy(store.replacement(), 2));
    }

    @Test
    void aStepThatFailsRetryablyIsRepeated() {
        installer.execute(new InstallStep.Begin());
        installer.execute(new InstallStep.Add(0, List.of(entry("a", 5))));
        persistence.failRetryably();
        loop.advanceMillis(100);
        succeed();

        assertThat(persistence.calls).containsExactly("install", "add 1", "add 1");
        assertThat(inputs).containsExactly(new Input.SnapshotAdded(0));
    }

    private void succeed() {
        persistence.succeed();
        loop.run();
    }

    private static InstallStep.Commit commit(long lsn) {
        return new InstallStep.Commit(new RecordId(1, lsn, 0), ByteBuffer.allocate(0));
    }

    private static SnapshotEntry entry(String key, long version) {
        return new SnapshotEntry(
                1, ByteBuffer.wrap(TestLog.bytes(key)), ByteBuffer.wrap(TestLog.bytes("v")), version, 0);
    }
}
