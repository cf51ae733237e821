package io.kvgrid.spi.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each refusal by name. Random proposals stand in the testkit, beside the model they are judged by. */
class GridConfigTest {
    private final Member a = member("a");
    private final Member b = member("b");
    private final Member c = member("c");
    private final GridConfig one = GridConfig.first(id(), a, 0, id());
    private final GridConfig two = one.with(b, id());
    private final GridConfig three = two.with(c, id());

    @Test
    void primaryAddsRemovesAndRenewsMembers() {
        assertAllowed(null, one);
        assertAllowed(one, two);
        assertAllowed(two, three);
        assertAllowed(three, three.without(c.nodeId(), id()));
        assertAllowed(two, two.with(laterRun(b), id()));
        assertAllowed(two, two.with(member("b"), id())); // wiped, and a new store since (P7, P17)
    }

    @Test
    void memberTakesOverAndRemoves() {
        assertAllowed(two, two.takenOverBy(b, id()));
        assertAllowed(two, two.takenOverBy(laterRun(b), id()));
        assertAllowed(two, two.takenOverBy(laterRun(a), id())); // P6: the same node, restarted
        GridConfig taken = three.takenOverBy(b, id());
        assertAllowed(three, members(taken, List.of(b, c)));
    }

    @Test
    void cvGrowsByOne() {
        assertRefused(two, one, "(P1)");
        assertRefused(two, two, "(P1)");
        assertRefused(one, three, "(P1)");
    }

    @Test
    void primaryIsAMemberInItsRun() {
        assertRefused(two, two.without(a.nodeId(), id()), "(P2)");
        GridConfig otherRun =
                new GridConfig(two.lineageId(), 3, 2, b.nodeId(), id(), two.members(), two.minInSync(), false, 1, id());
        assertRefused(two, otherRun, "(P2)");
    }

    @Test
    void outsiderTakesNothingOver() {
        assertRefused(one, one.takenOverBy(c, id()), "(P3)");
        assertRefused(two, two.takenOverBy(member("b"), id()), "(P2, P7)");
    }

    @Test
    void takeOverAddsAndRenewsNobodyElse() {
        GridConfig taken = two.takenOverBy(b, id());
        assertRefused(two, withMinInSync(members(taken, List.of(a, b, c)), 2), "(P3)");
        assertRefused(two, members(taken, List.of(laterRun(a), b)), "(P2, P7)");
    }

    @Test
    void epochGrowsByOneWithThePrimaryAndOnlyThen() {
        assertRefused(two, withEpoch(two.with(laterRun(b), id()), 2), "(P3)");
        assertRefused(two, withEpoch(two.takenOverBy(b, id()), 1), "(P3)");
        assertRefused(two, withEpoch(two.takenOverBy(b, id()), 3), "(P3)");
    }

    @Test
    void primarysOwnEntryStaysWithinAnEpoch() {
        Member otherStore = new Member(a.nodeId(), id(), a.bootId(), a.startCount(), a.address());
        Member laterStart = new Member(a.nodeId(), a.storeId(), a.bootId(), a.startCount() + 1, a.address());

        assertRefused(two, two.with(otherStore, id()), "(P3)");
        assertRefused(two, two.with(laterStart, id()), "(P3)");
    }

    @Test
    void storeThatWentBackInTimeIsRefused() {
        for (long startCount : new long[] {b.startCount(), b.startCount() - 1}) {
            Member copy = new Member(b.nodeId(), b.storeId(), id(), startCount, b.address());
            assertRefused(two, two.with(copy, id()), "(P7)");
            assertRefused(two, two.takenOverBy(copy, id()), "(P2, P7)");
        }
    }

    @Test
    void nodeStandsOnceInTheSet() {
        assertRefused(two, withMinInSync(members(two.with(c, id()), List.of(a, b, laterRun(b))), 2), "(P7)");
    }

    @Test
    void lineageBeginsWithOneMemberAndStays() {
        assertRefused(null, two, "(P9)");
        assertRefused(null, withEpoch(one, 0), "(P9)");
        assertAllowed(null, withEpoch(one, 7)); // begun with the data of another lineage
        assertRefused(null, members(one, List.of(a, b)), "(P9)");
        GridConfig otherLineage = GridConfig.first(id(), a, 0, id()).with(b, id());
        assertRefused(one, otherLineage, "(P9)");
    }

    @Test
    void setKeepsMinInSyncMembers() {
        assertThat(one.minInSync()).isEqualTo(1);
        assertThat(three.minInSync()).as("in the change that makes three").isEqualTo(2);
        GridConfig back = three.without(c.nodeId(), id());

        assertThat(back.minInSync()).as("never falls by itself").isEqualTo(2);
        assertRefused(back, back.without(b.nodeId(), id()), "(P17)");
        assertRefused(back, members(back.takenOverBy(b, id()), List.of(b)), "(P17)");
        GridConfig demanding = GridConfig.first(id(), a, 3, id());
        assertAllowed(null, demanding); // it grows to its minimum
        assertAllowed(demanding, demanding.with(b, id()));
    }

    @Test
    void minInSyncChangesOnlyWithTheThirdMember() {
        assertRefused(two, withMinInSync(three, 1), "(P17)");
        assertRefused(two, withMinInSync(three, 3), "(P17)");
        assertRefused(one, withMinInSync(two, 2), "(P17)");
        GridConfig back = three.without(c.nodeId(), id());
        assertRefused(back, withMinInSync(members(back.takenOverBy(b, id()), List.of(b)), 1), "(P17)");
        assertRefused(null, withMinInSync(one, 0), "minInSync must be at least 1");
    }

    /** P17: an operator says that a node will not come back. */
    @Test
    void retirementOfTheThirdMemberMakesOneCopyEnoughAgain() {
        GridConfig back = three.without(c.nodeId(), id());
        assertThat(three.retired(c.nodeId(), id()).minInSync()).isEqualTo(1);
        assertThat(back.retired(c.nodeId(), id()).minInSync()).isEqualTo(1);
        assertAllowed(three, three.retired(c.nodeId(), id()));
        assertAllowed(back, back.retired(c.nodeId(), id()));
        assertAllowed(back, back.retired(b.nodeId(), id()));
        GridConfig four = three.with(member("d"), id());
        assertThat(four.retired(c.nodeId(), id()).minInSync()).isEqualTo(2);

        GridConfig set = GridConfig.first(id(), a, 2, id()).with(b, id()).with(c, id());
        assertThat(set.retired(c.nodeId(), id()).minInSync()).as("was set").isEqualTo(2);
        GridConfig two = set.retired(c.nodeId(), id());
        assertAllowed(set, two);
        assertRefused(two, two.retired(b.nodeId(), id()), "(P17)");
    }

    /** P17: whoever sets 1 accepts that one node alone may take writes, however many there were. */
    @Test
    void minInSyncThatWasSetNeverChanges() {
        for (int set = 1; set <= 3; set++) {
            GridConfig first = GridConfig.first(id(), a, set, id());
            GridConfig second = first.with(b, id());
            GridConfig third = second.with(c, id());

            assertAllowed(null, first);
            assertAllowed(first, second);
            assertAllowed(second, third);
            assertThat(third.minInSync()).isEqualTo(set);
            assertRefused(second, withMinInSync(third, set + 1), "(P17)");
        }
    }

    @Test
    void minInSyncIsFixedWithTheFirstConfigurationOrNever() {
        GridConfig fixed = GridConfig.first(one.lineageId(), a, 1, id());

        assertRefused(one, fixed.with(b, id()), "(P17)");
        assertRefused(fixed, two, "(P17)");
        assertRefused(null, withMinInSync(one, 2), "(P17)");
    }

    @Test
    void featureLevelNeverFalls() {
        GridConfig next = two.with(c, id());
        assertAllowed(two, withFeatureLevel(next, 2));
        assertRefused(two, withFeatureLevel(next, 0), "(P44)");
    }

    @Test
    void membersAreOrderedAndFound() {
        GridConfig config = members(three, List.of(c, a, b));

        assertThat(config.members()).containsExactly(a, b, c);
        assertThat(config.member(b.nodeId())).contains(b);
        assertThat(config.contains(new NodeId("d"))).isFalse();
        assertThat(config.isPrimary(a.nodeId(), a.bootId())).isTrue();
        assertThat(config.isPrimary(a.nodeId(), id())).isFalse();
    }

    private static void assertAllowed(@Nullable GridConfig current, GridConfig next) {
        assertThat(GridConfig.transition(current, next)).isEmpty();
    }

    private static void assertRefused(@Nullable GridConfig current, GridConfig next, String rule) {
        assertThat(GridConfig.transition(current, next))
                .hasValueSatisfying(reason -> assertThat(reason).contains(rule));
    }

    private static GridConfig members(GridConfig config, List<Member> members) {
        return copy(config, config.epoch(), new ArrayList<>(members), config.minInSync(), config.featureLevel());
    }

    private static GridConfig withEpoch(GridConfig config, long epoch) {
        return copy(config, epoch, config.members(), config.minInSync(), config.featureLevel());
    }

    private static GridConfig withMinInSync(GridConfig config, int minInSync) {
        return copy(config, config.epoch(), config.members(), minInSync, config.featureLevel());
    }

    private static GridConfig withFeatureLevel(GridConfig config, int featureLevel) {
        return copy(config, config.epoch(), config.members(), config.minInSync(), featureLevel);
    }

    private static GridConfig copy(GridConfig c, long epoch, List<Member> members, int minInSync, int featureLevel) {
        return new GridConfig(
                c.lineageId(),
                c.cv(),
                epoch,
                c.primary(),
                c.primaryBootId(),
                members,
                minInSync,
                c.minInSyncFixed(),
                featureLevel,
                c.nonce());
    }

    private static Member member(String nodeId) {
        return new Member(new NodeId(nodeId), id(), id(), 5, "127.0.0.1:7400");
    }

    private static Member laterRun(Member member) {
        return new Member(member.nodeId(), member.storeId(), id(), member.startCount() + 1, member.address());
    }

    private static UUID id() {
        return UUID.randomUUID();
    }
}
