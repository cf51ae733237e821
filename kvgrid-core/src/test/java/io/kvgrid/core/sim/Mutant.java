package io.kvgrid.core.sim;

import io.kvgrid.core.replication.BrokenRules;
import io.kvgrid.core.replication.Rules;
import io.kvgrid.spi.persistence.Persistence;
import java.util.function.UnaryOperator;

/** A grid that breaks one rule on purpose. One that the simulator does not find shows what it cannot see. */
@SuppressWarnings("ImmutableEnumChecker") // rules are stateless
enum Mutant {
    ACKNOWLEDGE_BEFORE_OWN_FORCE("P11", BrokenRules.acknowledgeBeforeOwnForce()),
    ACKNOWLEDGE_WITHOUT_A_SECONDARY("P11", BrokenRules.acknowledgeWithoutASecondary()),
    SECONDARY_ACKNOWLEDGES_BEFORE_FORCE("S1", BrokenRules.secondaryAcknowledgesBeforeForce()),
    TRUNCATE_TO_THE_COMMIT_INDEX("P16", BrokenRules.truncateToTheCommitIndex()),
    TRUNCATE_NOTHING("P15", BrokenRules.truncateNothing()),
    PRIMARY_DROPS_ITS_TAIL("P14", BrokenRules.primaryDropsItsTail()),
    JOIN_BEFORE_CAUGHT_UP("P35", BrokenRules.joinBeforeCaughtUp()),
    JOIN_AT_THE_COMMIT_INDEX("P35", BrokenRules.joinAtTheCommitIndex()),
    FORGET_OPERATIONS("P19", BrokenRules.forgetOperations()),
    APPLY_BEFORE_COMMIT("P31", BrokenRules.applyBeforeCommit()),
    REUSE_AN_LSN("P10", BrokenRules.reuseAnLsn()),
    ACCEPT_AN_OLD_EPOCH("P5", BrokenRules.acceptAnOldEpoch(), 1000),
    SNAPSHOT_WITHOUT_TAIL("P33", BrokenRules.snapshotWithoutTail()),
    REMOVE_BEFORE_THE_ARBITER_CONFIRMS("P13", BrokenRules.removeBeforeTheArbiterConfirms()),
    IGNORE_AN_ADDITION_UNDER_WAY("P11", BrokenRules.ignoreAnAdditionUnderWay()),
    ANY_RUN_SPEAKS_FOR_THE_MEMBER("P12", BrokenRules.anyRunSpeaksForTheMember()),
    REFUSE_AT_ONCE("P21", BrokenRules.refuseAtOnce()),
    READ_BEFORE_THE_TAIL_IS_COMMITTED("P26", BrokenRules.readBeforeTheTailIsCommitted()),
    TAKE_OVER_RIGHT_AFTER_A_RESTART("P13", BrokenRules.takeOverRightAfterARestart()),
    COMMIT_WITHOUT_WAITING_FOR_A_LEASE("P13", BrokenRules.commitWithoutWaitingForALease()),
    FORCE_THAT_DID_NOT_HAPPEN("S1", LyingPersistence::ofLog),
    METADATA_THAT_IS_NOT_DURABLE("P24", LyingPersistence::ofMetadata);

    private final String rule;
    private final Rules rules;
    private final UnaryOperator<Persistence> persistence;
    private final long firstSeed;

    Mutant(String rule, Rules rules) {
        this(rule, rules, 1);
    }

    /** One that few seeds find; the search begins there. */
    Mutant(String rule, Rules rules, long firstSeed) {
        this(rule, rules, UnaryOperator.identity(), firstSeed);
    }

    Mutant(String rule, UnaryOperator<Persistence> persistence) {
        this(rule, new Rules(), persistence, 1);
    }

    Mutant(String rule, Rules rules, UnaryOperator<Persistence> persistence, long firstSeed) {
        this.rule = rule;
        this.rules = rules;
        this.persistence = persistence;
        this.firstSeed = firstSeed;
    }

    long firstSeed() {
        return firstSeed;
    }

    /** The rule that it breaks. */
    String rule() {
        return rule;
    }

    Rules rules() {
        return rules;
    }

    /** What its nodes take for their disk. */
    UnaryOperator<Persistence> persistence() {
        return persistence;
    }
}
