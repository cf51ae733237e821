package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.DamagedDataException;
import io.kvgrid.GridLimits;
import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.Role;
import io.kvgrid.core.replication.ReplicaStatus;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.testkit.ReferenceArbiter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A member whose durable data is damaged (P18). Three members, of which the primary, {@code a}, holds everything. */
class MemberDamageTest {
    private static final String WHAT = "b/0000000003.log at byte 17: expected a group, found zeros";

    private final TestLoop loop = new TestLoop();
    private final TestNetwork network = new TestNetwork(loop);
    private final ReferenceArbiter arbiter = new ReferenceArbiter();
    private final FaultyPersistence diskOfA = new FaultyPersistence();
    private final FaultyPersistence diskOfB = new FaultyPersistence();
    private final TestMember a = member("a", 1, List.of(), diskOfA);
    private final TestMember b = member("b", 2, List.of(1), diskOfB);
    private final TestMember c = member("c", 3, List.of(1), new FaultyPersistence());

    @BeforeEach
    void startThree() {
        a.start();
        loop.advanceMillis(500);
        b.start();
        c.start();
        loop.advanceMillis(5_000);
        assertThat(inSync()).containsExactly("a", "b", "c");
        var write = a.insert("k", "before");
        loop.advanceMillis(100);
        assertThat(write).isCompleted();
        assertThat(b.peek("k")).isEqualTo("before");
    }

    @Test
    void damagedSecondarySaysSoAndIsRemovedBeforeItsSilenceCouldShow() {
        List<ReplicaStatus> told = new ArrayList<>();
        b.runtime.onStatusChange(told::add);

        diskOfB.damage(WHAT);
        loop.advanceMillis(8); // silence would take 0.6 L, 360 ms

        assertThat(inSync()).containsExactly("a", "c");
        assertThat(told.get(0).role()).isEqualTo(Role.JOINING);
        assertThat(told.get(0).progress().map(GridView.Progress::phase)).contains("damaged: " + WHAT);
        assertThat(b.peek("k")).as("it shows nothing").isEqualTo("(not ready)");
        var write = a.insert("k", "meanwhile");
        loop.advanceMillis(1);
        assertThat(write).as("nobody waits for it").isCompleted();
    }

    @Test
    void damagedSecondaryComesBackAsAnotherStoreWithAllData() {
        Member before = recorded("b");

        diskOfB.damage(WHAT);
        var meanwhile = a.insert("k", "meanwhile");
        loop.advanceMillis(5_000);

        assertThat(meanwhile).isCompleted();
        assertThat(inSync()).containsExactly("a", "b", "c");
        assertThat(diskOfB.isDamaged()).isFalse();
        assertThat(b.runtime.status().role()).isEqualTo(Role.SECONDARY);
        assertThat(b.peek("k")).isEqualTo("meanwhile");
        Member after = recorded("b");
        assertThat(after.storeId()).as("P7: made no promise").isNotEqualTo(before.storeId());
        assertThat(after.bootId())
                .as("P12: late acknowledgements of before count for nobody")
                .isNotEqualTo(before.bootId());
        assertThat(after.startCount()).isGreaterThan(before.startCount());
        var write = b.insert("k", "through b");
        loop.advanceMillis(100);
        assertThat(write).isCompleted();
        assertThat(c.peek("k")).isEqualTo("through b");
    }

    @Test
    void damageThatAnAppendMeetsIsRepairedToo() {
        diskOfB.damageUnseen(WHAT);
        var write = a.insert("k", "meanwhile");
        loop.advanceMillis(8);
        assertThat(inSync()).containsExactly("a", "c");
        assertThat(write).isCompleted();

        loop.advanceMillis(5_000);

        assertThat(inSync()).containsExactly("a", "b", "c");
        assertThat(b.peek("k")).isEqualTo("meanwhile");
    }

    /** The disk has room again after a while, and insists on the calls that it refused. */
    @Test
    void damageFoundWhileTheDiskIsFullIsRepairedOnceThereIsRoom() {
        diskOfB.failWith(FaultyPersistence.retryable());
        var write = a.insert("k", "meanwhile");
        loop.advanceMillis(8);
        assertThat(write).as("b has not persisted it").isNotDone();
        diskOfB.damage(WHAT);
        loop.advanceMillis(5_000);
        assertThat(write).isDone();
        assertThat(inSync()).containsExactly("a", "c");

        diskOfB.failWith(null);
        loop.advanceMillis(5_000);

        assertThat(inSync()).containsExactly("a", "b", "c");
        assertThat(diskOfB.isDamaged()).isFalse();
        assertThat(b.peek("k")).isEqualTo(a.peek("k"));
    }

    @Test
    void operationsOfTheDamagedNodeEndByTheirDeadlinesOrGoOnWithTheNextRun() {
        diskOfB.damage(WHAT);
        var write = b.insert("w", "patient", Optional.empty(), 20 * TestMember.SECOND);
        var read = b.get("k");
        loop.advanceMillis(5_000);

        assertThat(write).isCompleted();
        assertThat(read).isDone();
        assertThat(b.peek("w")).isEqualTo("patient");
    }

    /** Nobody but the Arbiter can say whether somebody else has the data. */
    @Test
    void repairWaitsForTheArbiter() {
        arbiter.away(true);
        diskOfB.damage(WHAT);
        loop.advanceMillis(5_000);
        assertThat(b.runtime.status().role()).isEqualTo(Role.JOINING);
        assertThat(diskOfB.isDamaged()).isTrue();

        arbiter.away(false);
        loop.advanceMillis(5_000);

        assertThat(inSync()).containsExactly("a", "b", "c");
        assertThat(b.peek("k")).isEqualTo("before");
    }

    @Test
    void nodeThatFindsDamageAtItsStartFetchesAllIfAnotherNodeIsPrimary() {
        FaultyPersistence disk = new FaultyPersistence().damage(WHAT);
        TestMember d = member("d", 4, List.of(1), disk);
        List<String> phases = new ArrayList<>();
        d.runtime.onStatusChange(
                status -> status.progress().map(GridView.Progress::phase).ifPresent(phases::add));

        d.start();
        loop.advanceMillis(5_000);

        assertThat(phases).first().isEqualTo("damaged: " + WHAT);
        assertThat(inSync()).containsExactly("a", "b", "c", "d");
        assertThat(d.runtime.ready().toCompletableFuture()).isCompleted();
        assertThat(d.peek("k")).isEqualTo("before");
    }

    @Test
    void damagedPrimaryIsReplacedAndRepaired() {
        var write = a.insert("k", "open");

        diskOfA.damage(WHAT);
        loop.advanceMillis(10);
        assertThat(a.runtime.status().role()).isEqualTo(Role.JOINING);
        assertThat(write).isDone();
        loop.advanceMillis(10_000);

        assertThat(config().primary().value()).isNotEqualTo("a");
        assertThat(inSync()).containsExactly("a", "b", "c");
        assertThat(a.runtime.status().role()).isEqualTo(Role.SECONDARY);
        assertThat(a.peek("k")).isEqualTo(b.peek("k"));
    }

    @Test
    void onlyMemberStopsWithItsDamage() {
        TestNetwork other = new TestNetwork(loop);
        FaultyPersistence disk = new FaultyPersistence();
        TestMember alone = new TestMember(
                        loop, other, "e", 5, List.of(), disk, new ReferenceArbiter(), GridLimits.DEFAULT, true)
                .start();
        loop.advanceMillis(1_000);

        disk.damage(WHAT);
        loop.advanceMillis(1_000);

        assertThat(alone.runtime.status().role()).isEqualTo(Role.FAILED);
    }

    /** A store that cannot be given another state: as any other that has died. */
    @Test
    void storeThatCannotBeRefilledStopsItsNodeWithTheDamage() {
        FaultyPersistence disk = new FaultyPersistence().damage(WHAT);
        disk.failWith(FaultyPersistence.fatal());
        TestMember d = member("d", 4, List.of(1), disk).start();
        loop.advanceMillis(5_000);

        assertThat(d.runtime.status().role()).isEqualTo(Role.FAILED);
        assertThat(d.runtime
                        .ready()
                        .toCompletableFuture()
                        .handle((done, why) -> why)
                        .join())
                .satisfies(why -> assertThat(why instanceof CompletionException e ? e.getCause() : why)
                        .isInstanceOf(DamagedDataException.class)
                        .hasMessage(WHAT));
        assertThat(inSync()).containsExactly("a", "b", "c");
    }

    private List<String> inSync() {
        return config().members().stream().map(m -> m.nodeId().value()).toList();
    }

    private Member recorded(String id) {
        return config().member(new NodeId(id)).orElseThrow();
    }

    private GridConfig config() {
        return arbiter.read().toCompletableFuture().join().orElseThrow();
    }

    private TestMember member(String name, int number, List<Integer> peers, FaultyPersistence persistence) {
        return new TestMember(loop, network, name, number, peers, persistence, arbiter, GridLimits.DEFAULT, true);
    }
}
