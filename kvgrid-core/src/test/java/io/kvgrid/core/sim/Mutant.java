package io.kvgrid.core.sim;

import io.kvgrid.core.replication.BrokenReads;
import io.kvgrid.core.replication.BrokenRules;
import io.kvgrid.core.replication.Rules;
import java.util.Optional;
import java.util.function.Consumer;

/** A grid that breaks one rule on purpose. One that neither a seed nor a scene finds shows what nobody can see. */
@SuppressWarnings("ImmutableEnumChecker") // parts are stateless
enum Mutant {
    ACKNOWLEDGE_BEFORE_OWN_FORCE("P11", BrokenRules.acknowledgeBeforeOwnForce()),
    ACKNOWLEDGE_WITHOUT_A_SECONDARY("P11", BrokenRules.acknowledgeWithoutASecondary()),
    IGNORE_AN_ADDITION_UNDER_WAY("P11", BrokenRules.ignoreAnAdditionUnderWay()),
    SECONDARY_ACKNOWLEDGES_BEFORE_FORCE("S1", BrokenRules.secondaryAcknowledgesBeforeForce()),
    FORCE_THAT_DID_NOT_HAPPEN("S1", SimParts.real().withPersistence(LyingPersistence::ofLog)),
    TRUNCATION_THAT_DID_NOT_HAPPEN("S9", SimParts.real().withPersistence(LyingPersistence::ofTruncation)),
    OUTSIDER_TAKES_OVER("P2", SimParts.of(BrokenRules.outsiderTakesOver()).withCredulousArbiter()),
    SILENCE_IS_CONSENT("P4", SimParts.real().withArbiter(LyingArbiter::silenceIsConsent)),
    SILENCE_IS_REFUSAL("P4", SimParts.real().withArbiter(LyingArbiter::silenceIsRefusal)),
    ACCEPT_AN_OLD_EPOCH("P5", BrokenRules.acceptAnOldEpoch()),
    RESUME_THE_ROLE("P6", BrokenRules.resumeTheRole()),
    ANY_RUN_SPEAKS_FOR_THE_MEMBER("P7", BrokenRules.anyRunSpeaksForTheMember()),
    REUSE_AN_LSN("P10", BrokenRules.reuseAnLsn()),
    ACKNOWLEDGEMENTS_OF_ANY_RUN_AND_ENTRY("P12", BrokenRules.acknowledgementsOfAnyRunAndEntry()),
    REMOVE_BEFORE_THE_ARBITER_CONFIRMS("P13", BrokenRules.removeBeforeTheArbiterConfirms()),
    TAKE_OVER_RIGHT_AFTER_A_RESTART("P13", BrokenRules.takeOverRightAfterARestart()),
    COMMIT_WITHOUT_WAITING_FOR_A_LEASE("P13", BrokenRules.commitWithoutWaitingForALease()),
    CACHED_AUTHORITY("P13", BrokenReads.cachedAuthority()),
    TAKE_OVER_BEFORE_THE_PROMISE_ENDS(
            "P13",
            BrokenRules.takeOverBeforeThePromiseEnds(),
            LeaseScenes::cutOffPrimaryIsNotOvertaken,
            "Linearizability"),
    COMMIT_A_LEASE_AFTER_THE_TAKE_OVER(
            "P13",
            BrokenRules.commitALeaseAfterTheTakeOver(),
            LeaseScenes::twoLeasesPassBeforeATakeOverCommits,
            "Linearizability"),
    AUTHORITY_FROM_RECEIPT(
            "P13", BrokenRules.authorityFromReceipt(), LeaseScenes::lateEchoGivesNoLongerAuthority, "Linearizability"),
    ECHO_WHILE_TAKING_OVER(
            "P13",
            BrokenReads.echoWhileTakingOver(),
            ChangeScenes::takeOverIsSlowAndTheOldPrimaryIsHeardAgain,
            "Linearizability"),
    FORGET_OWN_REIGN("P13", BrokenReads.forgetOwnReign(), LeaseScenes::roleComesBackAtOnce, "Linearizability"),
    FORGET_EARLIER_GRANTS(
            "P13", BrokenReads.forgetEarlierGrants(), LeaseScenes::removalRightAfterAHandOver, "Linearizability"),
    PRIMARY_DROPS_ITS_TAIL("P14", BrokenRules.primaryDropsItsTail()),
    TRUNCATE_NOTHING("P15", BrokenRules.truncateNothing()),
    TRUNCATE_TO_THE_COMMIT_INDEX("P16", BrokenRules.truncateToTheCommitIndex()),
    RECONCILE_AGAIN(
            "P16", BrokenRules.reconcileAgain(), ChangeScenes::lateReconciliationCutsNothing, "NoUnexpectedFailure"),
    REMOVE_BELOW_MIN_IN_SYNC(
            "P17", SimParts.of(BrokenRules.removeBelowMinInSync()).withCredulousArbiter()),
    DAMAGE_IS_EMPTINESS(
            "P18",
            SimParts.real().withPersistence(LyingPersistence::ofDamage),
            ChangeScenes::damagedMemberDoesNotLead,
            "NoUnexpectedFailure"),
    FORGET_OPERATIONS("P19", BrokenRules.forgetOperations()),
    TOO_OLD_IS_NEW("P19", BrokenRules.tooOldIsNew(), ChangeScenes::operationBelowTheFloorIsRefused, "AtMostOnce"),
    LAST_ATTEMPT_DECIDES("P19", BrokenRules.lastAttemptDecides()),
    JUDGE_ON_COMMITTED_STATE("P20", BrokenRules.judgeOnCommittedState()),
    REFUSE_AT_ONCE("P21", BrokenRules.refuseAtOnce()),
    ACKNOWLEDGEMENTS_OF_ANYBODY("P22", BrokenRules.acknowledgementsOfAnybody()),
    METADATA_THAT_IS_NOT_DURABLE("P24", SimParts.real().withPersistence(LyingPersistence::ofMetadata)),
    MARK_NOTHING("P25", BrokenReads.markNothing()),
    READ_BEFORE_THE_TAIL_IS_COMMITTED("P26", BrokenRules.readBeforeTheTailIsCommitted()),
    CONFIRM_WITHOUT_AUTHORITY("P26", BrokenReads.confirmWithoutAuthority()),
    CLEAR_ALL_MARKS("P27", BrokenReads.clearAllMarks()),
    LEASE_FROM_RECEIPT(
            "P28", BrokenRules.leaseFromReceipt(), LeaseScenes::lateGrantGivesNoLongerLease, "Linearizability"),
    LEASE_THAT_OUTLIVES_ITS_TIME("P28", BrokenReads.leaseThatOutlivesItsTime()),
    DRIFT_UNWATCHED("P29", SimParts.real().withLoop(ClockMutants::withoutWallClock)),
    LEASES_FOR_JOINERS("P30", BrokenReads.leasesForJoiners()),
    APPLY_BEFORE_COMMIT("P31", BrokenRules.applyBeforeCommit()),
    SNAPSHOT_WITHOUT_TAIL("P33", BrokenRules.snapshotWithoutTail()),
    COMPACT_WHAT_IS_NOT_COMMITTED("P34", SimParts.real().withPersistence(LyingPersistence::ofCommits)),
    JOIN_BEFORE_CAUGHT_UP("P35", BrokenRules.joinBeforeCaughtUp()),
    JOIN_AT_THE_COMMIT_INDEX("P35", BrokenRules.joinAtTheCommitIndex()),
    FORGET_GRID_TIME("P36", BrokenReads.forgetGridTime()),
    EXPIRE_EARLY("P36", BrokenReads.expireEarly()),
    UNBOUNDED_TAIL("P42", BrokenRules.unboundedTail(), ChangeScenes::noMoreIsTakenThanMayWait, "BoundedMemory"),
    AUTHORITY_WITHOUT_ECHO_AT_MIN_IN_SYNC("P45", BrokenReads.authorityWithoutEchoAtMinInSync());

    private final String rule;
    private final SimParts parts;
    private final Optional<Consumer<SimParts>> scene;
    private final String invariant;

    Mutant(String rule, Rules rules) {
        this(rule, SimParts.of(rules));
    }

    Mutant(String rule, SimParts parts) {
        this.rule = rule;
        this.parts = parts;
        scene = Optional.empty();
        invariant = "";
    }

    Mutant(String rule, SimParts parts, Consumer<SimParts> scene, String invariant) {
        this.rule = rule;
        this.parts = parts;
        this.scene = Optional.of(scene);
        this.invariant = invariant;
    }

    /** One that overlapping guards hide from random runs; a scene meets it. */
    Mutant(String rule, Rules rules, Consumer<SimParts> scene, String invariant) {
        this(rule, SimParts.of(rules), scene, invariant);
    }

    /** The rule that it breaks. */
    String rule() {
        return rule;
    }

    /** What its nodes are made of. */
    SimParts parts() {
        return parts;
    }

    /** The scene that finds it, if seeds do not. */
    Optional<Consumer<SimParts>> scene() {
        return scene;
    }

    /** What its scene must find broken: the name of an {@link InvariantViolation}; empty without a scene. */
    String invariant() {
        return invariant;
    }
}
