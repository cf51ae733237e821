package io.kvgrid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperationIdTest {
    private static final UUID CLIENT = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 42, Long.MAX_VALUE})
    void textIsReadBack(long number) {
        OperationId id = new OperationId(CLIENT, number);

        assertThat(id).hasToString("00112233-4455-6677-8899-aabbccddeeff-" + number);
        assertThat(OperationId.parse(id.toString())).isEqualTo(id);
    }

    @Test
    void capitalsAreRead() {
        assertThat(OperationId.parse("00112233-4455-6677-8899-AABBCCDDEEFF-7")).isEqualTo(new OperationId(CLIENT, 7));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "7",
                "00112233-4455-6677-8899-aabbccddeeff",
                "00112233-4455-6677-8899-aabbccddeeff-",
                "00112233-4455-6677-8899-aabbccddeeff--1",
                "00112233-4455-6677-8899-aabbccddeeff-x",
                "00112233-4455-6677-8899-aabbccddeeff-9223372036854775808",
                "00112233-4455-6677-8899-aabbccddeeff-1 ",
                "00112233-4455-6677-8899-aabbccddeefg-1",
                "00112233445566778899aabbccddeeff00000-1",
            })
    void otherTextIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OperationId.parse(text))
                .withMessageContaining("<uuid>-<number>");
    }

    @Test
    void negativeNumbersAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new OperationId(CLIENT, -1));
    }
}
