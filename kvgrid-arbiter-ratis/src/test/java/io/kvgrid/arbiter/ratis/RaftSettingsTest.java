package io.kvgrid.arbiter.ratis;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** S26: what answers rest on is looked at when a voter starts. */
class RaftSettingsTest {
    private static final String VOTER = "127.0.0.1:8400";

    private static RaftProperties properties() {
        return RaftSettings.voter(
                new VoterSettings("g", VOTER, List.of(VOTER), "127.0.0.1", Path.of("nowhere"), Duration.ofMinutes(1)));
    }

    static Stream<Consumer<RaftProperties>> wrong() {
        return Stream.of(
                p -> RaftServerConfigKeys.Log.setUseMemory(p, true),
                p -> RaftServerConfigKeys.Log.setUnsafeFlushEnabled(p, true),
                p -> RaftServerConfigKeys.Log.setAsyncFlushEnabled(p, true),
                p -> RaftServerConfigKeys.Log.setCorruptionPolicy(
                        p, RaftServerConfigKeys.Log.CorruptionPolicy.WARN_AND_RETURN),
                p -> RaftServerConfigKeys.Read.setOption(p, RaftServerConfigKeys.Read.Option.DEFAULT),
                p -> RaftServerConfigKeys.Read.setLeaderLeaseEnabled(p, true),
                p -> GrpcConfigKeys.Server.setHost(p, "0.0.0.0"));
    }

    @Test
    void settingsAreWhatAnswersRestOn() {
        assertThatCode(() -> RaftSettings.check(properties(), "127.0.0.1")).doesNotThrowAnyException();
    }

    /** It may be the only one with a log that can win. */
    @Test
    void leaderThatLostItsMajorityStandsAgainSoon() {
        RaftProperties properties = properties();

        assertThat(RaftServerConfigKeys.LeaderElection.leaderStepDownWaitTime(properties))
                .isLessThanOrEqualTo(RaftServerConfigKeys.Rpc.timeoutMax(properties));
    }

    /** A voter looks for heartbeats at the end of a whole random time, and so misses those of a dead leader for two. */
    @Test
    void deadLeaderIsMissedSoonAndOneThatStandsStillIsNot() {
        RaftProperties properties = properties();

        assertThat(RaftServerConfigKeys.Rpc.timeoutMax(properties).multiply(2))
                .isLessThanOrEqualTo(TimeDuration.valueOf(1500, MILLISECONDS));
        assertThat(RaftServerConfigKeys.Rpc.timeoutMin(properties))
                .isGreaterThanOrEqualTo(TimeDuration.valueOf(400, MILLISECONDS));
    }

    /** With less, voters that start at once on a small machine find no leader. */
    @Test
    void firstElectionTakesItsTime() {
        assertThat(RaftServerConfigKeys.Rpc.firstElectionTimeoutMin(properties()))
                .isGreaterThanOrEqualTo(TimeDuration.valueOf(500, MILLISECONDS));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void eachOfThemIsLookedAt(Consumer<RaftProperties> wrong) {
        RaftProperties properties = properties();
        wrong.accept(properties);

        assertThatThrownBy(() -> RaftSettings.check(properties, "127.0.0.1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("S26");
    }
}
