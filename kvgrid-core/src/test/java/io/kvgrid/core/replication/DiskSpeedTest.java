package io.kvgrid.core.replication;

import static io.kvgrid.core.replication.ReplicaDriver.A;
import static io.kvgrid.core.replication.ReplicaDriver.B;
import static io.kvgrid.core.replication.ReplicaDriver.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.core.message.Message;
import org.junit.jupiter.api.Test;

/** P40: disks that are slow, not dead, among them the primary's own. */
class DiskSpeedTest {
    private static final long LEASE = 600_000_000;
    private static final long STEP = LEASE / 12;
    private static final ReplicaSettings SETTINGS = ReplicaSettings.of(LEASE, 0, true, true, false);

    private final ReplicaDriver primary = ReplicaDriver.primary(SETTINGS);
    private final SecondaryScript b = new SecondaryScript(primary, B);
    private final SecondaryScript c = new SecondaryScript(primary, C);
    private long number;

    @Test
    void memberFarSlowerThanTheOthersIsRemovedAfterSomeTime() {
        b.joins();
        c.joins();

        writesThatTake(8, 0, SETTINGS.slowForNanos() / 2);
        assertThat(primary.config().members()).containsExactly(A, B, C);
        writesThatTake(8, 0, SETTINGS.slowForNanos());

        assertThat(primary.config().members()).containsExactly(A, C);
    }

    @Test
    void membersThatAreAllSlowStay() {
        b.joins();
        c.joins();

        writesThatTake(8, 8, 2 * SETTINGS.slowForNanos());

        assertThat(primary.config().members()).containsExactly(A, B, C);
    }

    @Test
    void oneFastWriteInBetweenIsEnoughToStay() {
        b.joins();
        c.joins();

        for (int i = 0; i < 4; i++) {
            writesThatTake(8, 0, SETTINGS.slowForNanos() / 2);
            writesThatTake(1, 0, 2 * STEP);
        }

        assertThat(primary.config().members()).containsExactly(A, B, C);
    }

    @Test
    void removedMemberStaysAwayForAWhileEachTimeLonger() {
        b.joins();
        c.joins();
        long first = absenceAfterARemoval();
        long second = absenceAfterARemoval();

        assertThat(first).isBetween(SETTINGS.firstAbsenceNanos() - STEP, SETTINGS.firstAbsenceNanos() + 2 * STEP);
        assertThat(second)
                .isBetween(2 * SETTINGS.firstAbsenceNanos() - STEP, 2 * SETTINGS.firstAbsenceNanos() + 2 * STEP);
    }

    /** It answers nothing but beacons until it is removed; then it is as fast as any. */
    private long absenceAfterARemoval() {
        primary.write(number++, "k", 1);
        c.flushes();
        long stalled = 0;
        while (primary.config().contains(B.nodeId()) && stalled < 3 * LEASE) {
            pass();
            stalled += STEP;
        }
        assertThat(primary.config().members()).containsExactly(A, C);
        b.follows();
        b.flushes();
        long away = 0;
        while (!primary.config().contains(B.nodeId()) && away < 100 * LEASE) {
            pass();
            away += STEP;
        }
        return away;
    }

    @Test
    void primaryWhoseOwnDiskStandsStillHandsOverToAMemberWhoseLogGoesOn() {
        b.joins();
        echo();
        primary.holdLog();
        primary.write(number++, "k", 1);
        b.flushes();

        for (long passed = 0; passed < LEASE; passed += STEP) {
            assertThat(primary.sent(Message.HandOver.class)).isEmpty();
            pass();
        }

        assertThat(primary.sent(Message.HandOver.class)).isNotEmpty();
        assertThat(primary.hasTenure()).isFalse();
    }

    /** Else nodes on one disk would pass the role round. */
    @Test
    void primaryKeepsTheRoleIfNobodysLogGoesOn() {
        b.joins();
        echo();
        primary.holdLog();
        primary.write(number++, "k", 1);

        for (long passed = 0; passed <= 4 * LEASE; passed += STEP) {
            pass();
        }

        assertThat(primary.sent(Message.HandOver.class)).isEmpty();
    }

    /** One write after another, each on the disk of b and of c so many steps later. */
    private void writesThatTake(int stepsOfB, int stepsOfC, long nanos) {
        int longest = Math.max(stepsOfB, stepsOfC);
        for (long passed = 0; passed < nanos; passed += longest * STEP) {
            primary.write(number++, "k", 1);
            for (int step = 0; step <= longest; step++) {
                if (step == stepsOfC) {
                    c.flushes();
                }
                if (step == stepsOfB) {
                    b.flushes();
                }
                if (step < longest) {
                    pass();
                }
            }
        }
    }

    private void pass() {
        primary.pass(STEP);
        echo();
    }

    private void echo() {
        b.echoes();
        if (primary.config().contains(C.nodeId())) {
            c.echoes();
        }
    }
}
