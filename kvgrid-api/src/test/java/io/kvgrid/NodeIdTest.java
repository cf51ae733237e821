package io.kvgrid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeIdTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "7", "node-1", "rack_2.node-1", "A.", "x--"})
    void lettersDigitsDotsUnderscoresAndHyphensAreAccepted(String value) {
        assertThat(new NodeId(value).value()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ".a", "-a", "_a", "a b", "a/b", "a\n", "é", "a\u0000"})
    void otherTextIsRejectedAndNamed(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NodeId(value))
                .withMessageContaining("\"" + value + "\"");
    }

    @Test
    void sixtyFourCharactersAreTheLongest() {
        assertThat(new NodeId("a".repeat(64)).value()).hasSize(64);

        assertThatIllegalArgumentException().isThrownBy(() -> new NodeId("a".repeat(65)));
    }

    @Test
    void orderIsThatOfTheText() {
        var sorted = Stream.of("b", "a-2", "B", "a").map(NodeId::new).sorted();

        assertThat(sorted).extracting(NodeId::value).containsExactly("B", "a", "a-2", "b");
    }

    @Test
    void textIsTheValue() {
        assertThat(new NodeId("node-1")).hasToString("node-1");
    }
}
