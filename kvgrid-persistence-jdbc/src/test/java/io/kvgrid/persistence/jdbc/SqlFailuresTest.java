package io.kvgrid.persistence.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.PersistenceException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SqlFailuresTest {
    private static final String CANARY = "canary-value";

    @ParameterizedTest
    @CsvSource({
        "08006, true",
        "08001, true",
        "08003, true",
        "40001, true",
        "40P01, true",
        "53100, true",
        "53300, true",
        "57P01, true",
        "57P02, true",
        "57P03, true",
        "57014, true",
        "55P03, true",
        "25006, true",
        "25P03, true",
        "25P04, true",
        "HYT00, true",
        "HYT01, true",
        "57P04, false",
        "22001, false",
        "23505, false",
        "23514, false",
        "25P02, false",
        "28P01, false",
        "3D000, false",
        "42P01, false",
        "42501, false",
        "55000, false",
        "58030, false",
        "XX001, false",
        "0A000, false",
        "90028, false"
    })
    void classOfTheStateDecides(String state, boolean retryable) {
        PersistenceException told = SqlFailures.of("writing", new SQLException("injected", state));

        assertThat(told.isRetryable()).isEqualTo(retryable);
        assertThat(told).hasMessageStartingWith("writing failed: ").hasMessageContaining(state);
    }

    static Stream<SQLException> whatDriversCallTransient() {
        return Stream.of(
                new SQLTimeoutException("injected"),
                new SQLTransactionRollbackException("injected", "40003"),
                new SQLRecoverableException("injected", "99999"),
                new SQLNonTransientConnectionException("injected", "90067"));
    }

    @ParameterizedTest
    @MethodSource("whatDriversCallTransient")
    void typeOfTheExceptionDecides(SQLException e) {
        assertThat(SqlFailures.of("writing", e).isRetryable()).isTrue();
    }

    @Test
    void stateThatIsNotKnownIsFatal() {
        assertThat(SqlFailures.of("writing", new SQLException("injected")).isRetryable())
                .isFalse();
    }

    @Test
    void batchWithoutAStateIsJudgedByWhatItHides() {
        BatchUpdateException batch = new BatchUpdateException("injected", new int[0]);
        batch.setNextException(new SQLException("injected", "08006"));

        assertThat(SqlFailures.of("writing", batch).isRetryable()).isTrue();
    }

    /** X11: drivers quote the values that they could not write. */
    @Test
    void dataStaysOutOfMessages() {
        BatchUpdateException batch = new BatchUpdateException("INSERT " + CANARY, "08006", 0, new int[0]);
        batch.setNextException(new SQLException("the socket was closed", "08006"));
        SQLException duplicate = new SQLException("Key (row_key)=(" + CANARY + ") already exists", "23505");

        assertThat(SqlFailures.of("writing", batch))
                .hasMessageContaining("the socket was closed")
                .satisfies(e -> assertThat(e)
                        .extracting(Throwable::getMessage)
                        .asString()
                        .doesNotContain(CANARY));
        assertThat(SqlFailures.of("writing", duplicate))
                .hasMessageContaining("23505")
                .satisfies(SqlFailuresTest::assertNoCanary);
        assertNoCanary(SqlFailures.of("writing", batch));
    }

    private static void assertNoCanary(Throwable e) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            assertThat(at.toString()).doesNotContain(CANARY);
        }
    }
}
