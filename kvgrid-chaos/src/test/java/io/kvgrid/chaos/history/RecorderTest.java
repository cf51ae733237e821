package io.kvgrid.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.testkit.history.History;
import io.kvgrid.testkit.history.Operation.Guard;
import org.junit.jupiter.api.Test;

/** What the harness must not overlook. */
class RecorderTest {
    private final Recorder recorder = new Recorder();
    private final Floors a = new Floors();
    private final Floors b = new Floors();

    private History.Write acknowledged(String key, long sent, long received, long version) {
        History.Write write = recorder.write(key, Guard.ANYTHING, 0);
        recorder.sent(write, sent);
        recorder.acknowledged(write, a, received, version);
        return write;
    }

    @Test
    void staleLinearizableReadIsFound() {
        History.Write first = acknowledged("k", 0, 1, 1);
        History.Write second = acknowledged("k", 2, 3, 2);

        recorder.read("k", b, 4, 5, Recorder.value(second), 2);
        assertThat(recorder.disorder()).isEmpty();

        recorder.read("k", b, 6, 7, Recorder.value(first), 1);
        assertThat(recorder.disorder())
                .hasValueSatisfying(what -> assertThat(what).contains("key k"));
    }

    @Test
    void lostAcknowledgedWriteIsFound() {
        acknowledged("k", 0, 1, 1);

        recorder.readNothing("k", 2, 3);

        assertThat(recorder.disorder()).isPresent();
    }

    @Test
    void writeWhoseNodeDiedMayHaveHappenedOrNot() {
        History.Write write = recorder.write("k", Guard.ANYTHING, 0);
        recorder.sent(write, 0);
        recorder.unknown(write);

        recorder.readNothing("k", 1, 2);
        recorder.read("k", a, 3, 4, Recorder.value(write), 1);
        assertThat(recorder.disorder()).isEmpty();

        recorder.readNothing("k", 5, 6);
        assertThat(recorder.disorder()).isPresent();
    }

    @Test
    void refusedConditionMustHaveHadItsReason() {
        History.Write ifAbsent = recorder.write("k", Guard.EXPECTED, 0);
        recorder.sent(ifAbsent, 0);

        recorder.refused(ifAbsent, 1);

        assertThat(recorder.disorder()).isPresent();
    }

    @Test
    void localReadMayLagButNotGoBackOnOneRun() {
        History.Write first = acknowledged("k", 0, 1, 1);
        History.Write second = acknowledged("k", 2, 3, 2);

        recorder.local("k", b, recorder.floor("k", b), Recorder.value(first), 1);
        recorder.local("k", b, recorder.floor("k", b), Recorder.value(second), 2);
        assertThat(recorder.violations()).isEmpty();

        recorder.local("k", b, recorder.floor("k", b), Recorder.value(first), 1);
        assertThat(recorder.violations()).singleElement().asString().contains("went back");
    }

    @Test
    void ownAcknowledgementIsSeenLocally() {
        acknowledged("k", 0, 1, 5);

        recorder.localNothing("k", recorder.floor("k", a), false);

        assertThat(recorder.violations()).singleElement().asString().contains("nobody removed it");
    }

    @Test
    void oneVersionForTwoWritesIsFound() {
        acknowledged("k", 0, 1, 5);
        acknowledged("l", 0, 1, 5);

        assertThat(recorder.violations()).singleElement().asString().contains("version 5");
    }

    @Test
    void oneVersionForAKeptAndASharedKeyIsFound() {
        acknowledged("k", 0, 1, 5);

        recorder.kept("once-1", "v", 5, 1);

        assertThat(recorder.violations()).singleElement().asString().contains("version 5");
    }
}
