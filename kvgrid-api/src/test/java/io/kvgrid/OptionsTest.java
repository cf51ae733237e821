package io.kvgrid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void defaultOptionsAskForNothing() {
        assertThat(WriteOptions.DEFAULT.operationId()).isEmpty();
        assertThat(WriteOptions.DEFAULT.timeout()).isEmpty();
        assertThat(WriteOptions.DEFAULT.timeToLive()).isEmpty();
        assertThat(WriteOptions.DEFAULT.condition()).isEqualTo(WriteOptions.Condition.NONE);
        assertThat(WriteOptions.DEFAULT.version()).isZero();
    }

    @Test
    void optionsAreChangedOneByOneAndNeverInPlace() {
        OperationId id = new OperationId(new UUID(1, 2), 3);

        WriteOptions options = WriteOptions.DEFAULT
                .operationId(id)
                .timeout(Duration.ofSeconds(2))
                .timeToLive(Duration.ofMinutes(3))
                .ifVersion(9);

        assertThat(options.operationId()).contains(id);
        assertThat(options.timeout()).contains(Duration.ofSeconds(2));
        assertThat(options.timeToLive()).contains(Duration.ofMinutes(3));
        assertThat(options.condition()).isEqualTo(WriteOptions.Condition.VERSION);
        assertThat(options.version()).isEqualTo(9);
        assertThat(options.ifAbsent().condition()).isEqualTo(WriteOptions.Condition.ABSENT);
        assertThat(options.ifAbsent().version()).isZero();
        assertThat(options.ifPresent().condition()).isEqualTo(WriteOptions.Condition.PRESENT);
        assertThat(options.ifPresent().operationId()).contains(id);
        defaultOptionsAskForNothing();
    }

    @Test
    void durationsAreAboveZero() {
        for (Duration wrong : new Duration[] {Duration.ZERO, Duration.ofNanos(-1)}) {
            assertThatIllegalArgumentException().isThrownBy(() -> WriteOptions.DEFAULT.timeout(wrong));
            assertThatIllegalArgumentException().isThrownBy(() -> WriteOptions.DEFAULT.timeToLive(wrong));
        }
    }

    @Test
    void timeoutIsBounded() {
        Duration most = WriteOptions.MAX_TIMEOUT;

        assertThat(WriteOptions.DEFAULT.timeout(most).timeout()).contains(most);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WriteOptions.DEFAULT.timeout(Duration.ofSeconds(Long.MAX_VALUE)))
                .withMessageContaining("365 days");
    }

    @Test
    void timeToLiveIsBounded() {
        Duration most = WriteOptions.MAX_TIME_TO_LIVE;

        assertThat(WriteOptions.DEFAULT.timeToLive(most).timeToLive()).contains(most);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WriteOptions.DEFAULT.timeToLive(most.plusNanos(1)))
                .withMessageContaining("365000 days");
    }

    @Test
    void readConsistencyNamesTheVersionItAsksFor() {
        assertThat(ReadConsistency.LINEARIZABLE.minVersion()).isEqualTo(-1);
        assertThat(ReadConsistency.LOCAL.minVersion()).isZero();
        assertThat(ReadConsistency.atLeast(7).minVersion()).isEqualTo(7);
        assertThat(ReadConsistency.atLeast(7))
                .isEqualTo(ReadConsistency.atLeast(7))
                .hasToString("atLeast(7)");
        assertThat(ReadConsistency.atLeast(7)).isNotEqualTo(ReadConsistency.atLeast(8));
        assertThat(ReadConsistency.atLeast(0)).isSameAs(ReadConsistency.LOCAL);
        assertThat(ReadConsistency.LOCAL).isNotEqualTo(ReadConsistency.LINEARIZABLE);
        assertThatIllegalArgumentException().isThrownBy(() -> ReadConsistency.atLeast(-1));
    }
}
