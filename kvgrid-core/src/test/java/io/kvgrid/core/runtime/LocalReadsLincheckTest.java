package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.replication.LogChange;
import io.kvgrid.core.replication.Outbound;
import io.kvgrid.core.replication.Ready;
import io.kvgrid.core.replication.Rules;
import io.kvgrid.core.store.KeyHash;
import io.kvgrid.core.store.TestLog;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordFormat;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuarantee;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Interleavings of readers and the loop, step by step, over the real classes (P25, P27). Lincheck tries them one after the
 * other, those with few switches between the threads first; every run tries the same ones. It knows nothing of memory that
 * is seen late: for that there are {@code StoreStressTest} and {@link ReadyExecutorTest}.
 */
@Tag("lincheck")
class LocalReadsLincheckTest {
    /** How many scenarios Lincheck makes up itself. */
    private static final int SCENARIOS = Integer.getInteger("kvgrid.lincheck.scenarios", 3);

    private static final int INTERLEAVINGS = Integer.getInteger("kvgrid.lincheck.interleavings", 40);

    @BeforeEach
    void onTheClassPath() {
        assumeFalse(getClass().getModule().isNamed(), "Lincheck cannot look into named modules");
    }

    @ParameterizedTest
    @EnumSource
    void readsAreLinearizable(ReadScenario scenario) {
        check(ConcurrentMember.class, scenario);
    }

    @Test
    void readsAreLinearizableWhateverHappens() {
        options()
                .iterations(SCENARIOS)
                .invocationsPerIteration(INTERLEAVINGS)
                .threads(2)
                .actorsBefore(3)
                .actorsPerThread(3)
                .actorsAfter(1)
                .check(ConcurrentMember.class);
    }

    @ParameterizedTest
    @MethodSource
    void whatIsBrokenIsFound(Class<? extends ConcurrentMember> broken, ReadScenario scenario) {
        assertThatThrownBy(() -> check(broken, scenario))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("Invalid execution results");
    }

    static Stream<Arguments> whatIsBrokenIsFound() {
        return Stream.of(
                arguments(BrokenMembers.NoMarks.class, ReadScenario.A_WRITE_IS_COMMITTED),
                arguments(BrokenMembers.MarkAfterAcknowledgement.class, ReadScenario.A_WRITE_IS_ACKNOWLEDGED),
                arguments(BrokenMembers.AppliedBeforeCommit.class, ReadScenario.A_WRITE_IS_IN_THE_LOG),
                arguments(BrokenMembers.ValueBeforeMark.class, ReadScenario.A_WRITE_IS_COMMITTED),
                arguments(BrokenMembers.MarkClearedBeforeApply.class, ReadScenario.A_WRITE_IS_COMMITTED),
                arguments(BrokenMembers.AllMarksCleared.class, ReadScenario.THE_OLDER_OF_TWO_WRITES_IS_COMMITTED),
                arguments(BrokenMembers.NoLease.class, ReadScenario.A_WRITE_AFTER_THE_LEASE),
                arguments(BrokenMembers.LeaseBeforeValue.class, ReadScenario.DATA_IS_LOST),
                arguments(BrokenMembers.AnyLeaseAtTheEnd.class, ReadScenario.A_LEASE_BEGINS_AFTER_ONE_THAT_LAPSED),
                arguments(BrokenMembers.LapsedLeaseGoesOn.class, ReadScenario.A_LEASE_BEGINS_AFTER_ONE_THAT_LAPSED),
                arguments(BrokenMembers.LeaseEndsLast.class, ReadScenario.A_LEASE_IS_GIVEN_BACK));
    }

    private static void check(Class<? extends ConcurrentMember> member, ReadScenario scenario) {
        options()
                .iterations(0)
                .invocationsPerIteration(INTERLEAVINGS)
                .minimizeFailedScenario(false)
                .addCustomScenario(scenario.of(member))
                .check(member);
    }

    private static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .sequentialSpecification(Register.class)
                .addGuarantee(theLoopsAlone(
                        ArrayDeque.class,
                        ArrayList.class,
                        Callbacks.class,
                        Envelope.class,
                        KeyHash.class,
                        LogChange.Append.class,
                        LogRecord.class,
                        LogWriter.class,
                        Outbound.class,
                        PendingReads.class,
                        PendingWrites.class,
                        Ready.class,
                        RecordFormat.class,
                        Rules.class,
                        SnapshotInstaller.class,
                        StatusBoard.class,
                        TestLog.class))
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(ConcurrentMember.class.getName())
                        .methods("newRecord", "ready")
                        .ignore())
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(
                                "io.kvgrid.core.store.StoreContent", ConcurrentHashMap.class.getName())
                        .allMethods()
                        .treatAsAtomic());
    }

    /** Nobody else sees what these do: no switch between threads in there. */
    private static ManagedStrategyGuarantee theLoopsAlone(Class<?>... classes) {
        String[] names = Stream.of(classes).map(Class::getName).toArray(String[]::new);
        return ManagedStrategyGuaranteeKt.forClasses(names).allMethods().ignore();
    }
}
