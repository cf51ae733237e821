package io.kvgrid.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FieldsTest {
    @Test
    void pairsAreTakenApartAndOtherWordsIgnored() {
        Fields fields = Fields.parse("load acknowledged=12 inSync=b,a missing=-");

        assertThat(fields.number("acknowledged")).isEqualTo(12);
        assertThat(fields.names("inSync")).containsExactly("a", "b");
        assertThat(fields.names("missing")).isEmpty();
    }

    @Test
    void absentFieldIsNamed() {
        assertThatThrownBy(() -> Fields.parse("a=1").number("b")).hasMessageContaining("'b'");
    }
}
