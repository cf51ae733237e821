package io.kvgrid.persistence.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.persistence.file.Script.State;
import io.kvgrid.persistence.file.SimDisk.Call;
import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.PersistenceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A backup that is cut short at any call, or whose disk fails or is full, leaves no store or all of it (S13, S28), and the
 * store that it is taken from as it was.
 */
class BackupFaultsTest {
    private static final int DRAWS = 100;

    /** What a start finds in a directory. */
    private enum Found {
        NOTHING,
        REFUSED,
        ALL
    }

    private final SimDisk disk = new SimDisk();
    private final Chain chain = new Chain();
    private final List<LogRecord> records = new ArrayList<>();
    private final SimStore store = SimStore.open(disk);
    private final State whole;

    BackupFaultsTest() {
        append(60);
        commit(50);
        append(40);
        commit(70); // compacts up to there
        commit(100); // so the rest stays in the log
        SimStore.get(store.persistence.saveMetadata(UTF_8.encode("promises")));
        SimDisk target = new SimDisk();
        assertThat(store.persistence.backup(target).join().records()).isGreaterThan(20);
        try (SimStore restored = SimStore.open(target)) {
            whole = State.of(restored);
        }
        assertThat(whole.last().lsn()).isEqualTo(100);
        assertThat(whole.base().lsn()).isPositive();
    }

    @AfterEach
    void storeIsAsItWas() {
        disk.inject(SimDisk.NONE);
        append(5);
        store.close();
        try (SimStore again = SimStore.open(disk)) {
            State found = State.of(again);
            assertThat(found.metadata()).contains(UTF_8.encode("promises"));
            assertThat(found.last()).isEqualTo(records.get(records.size() - 1).id());
        }
    }

    @Test
    void backupThatIsCutShortIsNoStoreOrAllOfIt() {
        Map<Found, Integer> found = new EnumMap<>(Found.class);
        SimDisk target = new SimDisk();
        List<SimDisk> cuts = cutsOfABackup(target);
        Set<String> seen = new HashSet<>();
        int drawn = 0;
        for (SimDisk cut : cuts) {
            Random random = new Random(drawn);
            for (int draw = 0; draw <= DRAWS; draw++) {
                SimDisk left = draw == 0 ? cut.copy() : cut.afterPowerCut(random); // a kill, and power cuts
                drawn++;
                if (seen.add(left.fingerprint())) {
                    found.merge(start(left), 1, Integer::sum);
                }
            }
        }

        System.out.println("INJECTED, in a backup, power cuts and kills at " + cuts.size() + " places: " + drawn
                + " crash states drawn, " + seen.size() + " different ones opened: " + found);
        assertThat(found).containsOnlyKeys(Found.values());
        assertThat(seen.size()).isGreaterThan(300);
        for (int draw = 0; draw < DRAWS; draw++) {
            assertThat(start(target.afterPowerCut(new Random(draw)))).isEqualTo(Found.ALL);
        }
    }

    /** The target as it is before each call that changes it, and in the middle of each write. */
    private List<SimDisk> cutsOfABackup(SimDisk target) {
        List<SimDisk> cuts = new ArrayList<>();
        disk.inject((number, call, name) ->
                assertThat(call).as("the store's files are only read").isIn(Call.READ, Call.OPEN));
        target.inject(new SimDisk.Fault() {
            @Override
            public void at(int number, Call call, String name) {
                cuts.add(target.copy());
            }

            @Override
            public void halfWritten(int number) {
                cuts.add(target.copy());
            }
        });
        store.persistence.backup(target).join();
        target.inject(SimDisk.NONE);
        return cuts;
    }

    @Test
    void eachCallOfTheTargetMayFail() {
        SimDisk counting = new SimDisk();
        store.persistence.backup(counting).join();
        Map<Call, Integer> injected = new EnumMap<>(Call.class);
        int failures = 0;
        for (int k = 1; k <= counting.calls(); k++) {
            FailingCall fault = new FailingCall(k);
            SimDisk target = new SimDisk();
            target.inject(fault);

            boolean made = backup(target);

            injected.merge(fault.call, 1, Integer::sum);
            failures++;
            assertThat(made).as("call %d, %s %s", k, fault.call, fault.name).isFalse();
            assertThat(fault.after)
                    .as("after call %d, %s %s, nothing is written (S2)", k, fault.call, fault.name)
                    .doesNotContain(Call.WRITE, Call.CREATE, Call.RENAME);
            assertThat(target.names()).as("call %d", k).isEmpty();
        }

        System.out.println("INJECTED, in a backup's target, failures: " + injected);
        assertThat(failures).isGreaterThan(40);
    }

    /** Fails one call; notes what comes after it. */
    private static final class FailingCall implements SimDisk.Fault {
        private final int failing;
        private final Set<Call> after = EnumSet.noneOf(Call.class);
        private Call call = Call.READ;
        private String name = "";

        FailingCall(int failing) {
            this.failing = failing;
        }

        @Override
        public void at(int number, Call newCall, String newName) throws IOException {
            if (number == failing) {
                call = newCall;
                name = newName;
                throw new IOException("injected");
            } else if (number > failing) {
                after.add(newCall);
            }
        }
    }

    @Test
    void fullTargetEndsTheBackupAndIsLeftEmpty() {
        SimDisk counting = new SimDisk();
        store.persistence.backup(counting).join();
        int refused = 0;
        for (long capacity = 0; capacity < counting.usedBytes() + Reserve.SLACK_BYTES; capacity += 997) {
            SimDisk target = new SimDisk();
            target.capacity(capacity);

            boolean made = backup(target);

            refused += made ? 0 : 1;
            assertThat(start(target.copy())).isEqualTo(made ? Found.ALL : Found.NOTHING);
            assertThat(made || target.names().isEmpty()).isTrue();
        }

        System.out.println("INJECTED, for a backup, disks that are too small: " + refused);
        assertThat(refused).isGreaterThan(20);
    }

    @Test
    void storeWhoseFilesCannotBeOpenedGoesOn() {
        disk.inject((number, call, name) -> {
            if (call == Call.OPEN) {
                throw new IOException("too many open files");
            }
        });

        assertThat(backup(new SimDisk())).isFalse();
    }

    /** Whether there is one; otherwise the target has failed. */
    private boolean backup(SimDisk target) {
        try {
            return store.persistence.backup(target).join().upTo().equals(whole.last());
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(IOException.class);
            return false;
        }
    }

    private Found start(SimDisk left) {
        try (SimStore restored = SimStore.open(left)) {
            State state = State.of(restored);
            if (state.equals(State.EMPTY)) {
                return Found.NOTHING;
            }
            assertThat(state).isEqualTo(whole);
            return Found.ALL;
        } catch (PersistenceException e) {
            assertThat(e).isInstanceOf(CorruptLogException.class).hasMessageContaining("missing");
            return Found.REFUSED;
        }
    }

    private void append(int count) {
        List<LogRecord> added = chain.puts(count, 150);
        records.addAll(added);
        SimStore.get(store.persistence.append(added));
    }

    private void commit(long lsn) {
        store.persistence.committed(lsn, () -> Script.stateAt(lsn));
        SimStore.get(store.persistence.truncateAfter(records.size()));
        SimStore.get(store.persistence.truncateAfter(records.size()));
    }
}
