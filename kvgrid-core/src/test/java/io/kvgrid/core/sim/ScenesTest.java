package io.kvgrid.core.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;

/**
 * Scenes that random runs meet too rarely: each keeps all invariants, and where a {@link Mutant} names one, the same steps
 * by its rules do not.
 */
class ScenesTest {
    static final Map<String, Consumer<SimParts>> SCENES = new TreeMap<>(Map.ofEntries(
            Map.entry("cutOffPrimaryIsNotOvertaken", LeaseScenes::cutOffPrimaryIsNotOvertaken),
            Map.entry("twoLeasesPassBeforeATakeOverCommits", LeaseScenes::twoLeasesPassBeforeATakeOverCommits),
            Map.entry("lateGrantGivesNoLongerLease", LeaseScenes::lateGrantGivesNoLongerLease),
            Map.entry("lateEchoGivesNoLongerAuthority", LeaseScenes::lateEchoGivesNoLongerAuthority),
            Map.entry("removalRightAfterAHandOver", LeaseScenes::removalRightAfterAHandOver),
            Map.entry("cutOffPrimaryAtMinInSyncReadsNothingOld", LeaseScenes::cutOffPrimaryAtMinInSyncReadsNothingOld),
            Map.entry("roleGoesAndComesBackWithinTwoLeases", LeaseScenes::roleGoesAndComesBackWithinTwoLeases),
            Map.entry("twoPrimariesFailWithinTwoLeases", LeaseScenes::twoPrimariesFailWithinTwoLeases),
            Map.entry("joinerTakesOverRightAfterARemoval", ChangeScenes::joinerTakesOverRightAfterARemoval),
            Map.entry("joinRightBeforeATakeOver", ChangeScenes::joinRightBeforeATakeOver),
            Map.entry(
                    "takeOverIsSlowAndTheOldPrimaryIsHeardAgain",
                    ChangeScenes::takeOverIsSlowAndTheOldPrimaryIsHeardAgain),
            Map.entry("additionIsMadeAfterAReadOfTheOldCv", ChangeScenes::additionIsMadeAfterAReadOfTheOldCv),
            Map.entry("roleComesBackAtOnce", LeaseScenes::roleComesBackAtOnce),
            Map.entry("allIsRetriedWithinItsDeadline", InFlightScenes::allIsRetriedWithinItsDeadline),
            Map.entry("allEndsUnknownAtTheDefaultDeadline", InFlightScenes::allEndsUnknownAtTheDefaultDeadline),
            Map.entry("arbiterIsLostForTenSeconds", ArbiterScenes::arbiterIsLostForTenSeconds),
            Map.entry("noMoreIsTakenThanMayWait", ChangeScenes::noMoreIsTakenThanMayWait),
            Map.entry("damagedMemberDoesNotLead", ChangeScenes::damagedMemberDoesNotLead),
            Map.entry("lateReconciliationCutsNothing", ChangeScenes::lateReconciliationCutsNothing),
            Map.entry("operationBelowTheFloorIsRefused", ChangeScenes::operationBelowTheFloorIsRefused),
            Map.entry("wallClockOfThePrimaryIsAYearWrong", TimeScenes::wallClockOfThePrimaryIsAYearWrong),
            Map.entry("nextPrimaryIsFiveMinutesBehind", TimeScenes::nextPrimaryIsFiveMinutesBehind)));

    @BeforeEach
    void sayLess() {
        MDC.put("simulated", "true");
    }

    @AfterEach
    void sayMore() {
        MDC.remove("simulated");
    }

    static Stream<Named<Consumer<SimParts>>> scenes() {
        return SCENES.entrySet().stream().map(scene -> Named.of(scene.getKey(), scene.getValue()));
    }

    static Stream<Mutant> mutantsWithAScene() {
        return Arrays.stream(Mutant.values()).filter(mutant -> mutant.scene().isPresent());
    }

    @ParameterizedTest
    @MethodSource("scenes")
    void keepsAllPromises(Consumer<SimParts> scene) {
        assertThatCode(() -> scene.accept(SimParts.real())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("mutantsWithAScene")
    void showsTheMutant(Mutant mutant) {
        requireThatItShows(mutant.scene().orElseThrow(), mutant, mutant.invariant());
    }

    /** Mutants that seeds find as well; without them nobody would know whether the scene sees anything. */
    @ParameterizedTest
    @CsvSource({
        "allIsRetriedWithinItsDeadline, FORGET_OPERATIONS, AtMostOnce",
        "allIsRetriedWithinItsDeadline, PRIMARY_DROPS_ITS_TAIL, AcknowledgedWritesSurvive",
        "allEndsUnknownAtTheDefaultDeadline, FORGET_OPERATIONS, AtMostOnce",
        "allEndsUnknownAtTheDefaultDeadline, COMMIT_A_LEASE_AFTER_THE_TAKE_OVER, OutcomesAreStated",
        "joinerTakesOverRightAfterARemoval, IGNORE_AN_ADDITION_UNDER_WAY, AcknowledgedWritesSurvive",
        "joinerTakesOverRightAfterARemoval, READ_BEFORE_THE_TAIL_IS_COMMITTED, Linearizability",
        "joinRightBeforeATakeOver, IGNORE_AN_ADDITION_UNDER_WAY, AcknowledgedWritesSurvive",
        "joinRightBeforeATakeOver, LAST_ATTEMPT_DECIDES, NotAppliedIsTrue",
        "additionIsMadeAfterAReadOfTheOldCv, SILENCE_IS_REFUSAL, AcknowledgedWritesSurvive",
        "additionIsMadeAfterAReadOfTheOldCv, SILENCE_IS_CONSENT, ConfigTransitionsLegal",
        "cutOffPrimaryAtMinInSyncReadsNothingOld, AUTHORITY_WITHOUT_ECHO_AT_MIN_IN_SYNC, Linearizability",
        "wallClockOfThePrimaryIsAYearWrong, EXPIRE_EARLY, ExpiredInItsTime",
        "nextPrimaryIsFiveMinutesBehind, FORGET_GRID_TIME, GridTimePasses"
    })
    void showsThisMutantToo(String scene, Mutant mutant, String invariant) {
        requireThatItShows(Objects.requireNonNull(SCENES.get(scene)), mutant, invariant);
    }

    private static void requireThatItShows(Consumer<SimParts> scene, Mutant mutant, String invariant) {
        assertThatThrownBy(() -> scene.accept(mutant.parts()))
                .isInstanceOfSatisfying(
                        InvariantViolation.class,
                        found -> assertThat(found.invariant()).isEqualTo(invariant));
    }
}
