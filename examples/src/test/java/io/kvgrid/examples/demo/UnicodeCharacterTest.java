package io.kvgrid.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.serialization.Serializer;
import org.junit.jupiter.api.Test;

class UnicodeCharacterTest {
    @Test
    void everyCharacterHasANameAndSurvivesSerialization() {
        Serializer<UnicodeCharacter> serializer = UnicodeCharacter.serializer();

        assertThat(UnicodeCharacter.codePoints().count()).isGreaterThan(140_000);
        UnicodeCharacter.codePoints().mapToObj(UnicodeCharacter::of).forEach(character -> {
            assertThat(character.name()).isNotEmpty();
            assertThat(serializer.deserialize(serializer.serialize(character))).isEqualTo(character);
        });
    }

    @Test
    void surrogatesPrivateUseAndUnassignedAreLeftOut() {
        int[] codePoints = UnicodeCharacter.codePoints().toArray();

        assertThat(codePoints)
                .contains(0, 'A', 0x1F600)
                .doesNotContain(0xD800, 0xE000, 0xFFFF, 0x10FFFF)
                .isSorted();
    }

    @Test
    void characterIsDescribedAndNamed() {
        assertThat(UnicodeCharacter.of('A'))
                .isEqualTo(new UnicodeCharacter(
                        'A', "LATIN CAPITAL LETTER A", "BASIC_LATIN", "LATIN", Character.UPPERCASE_LETTER));
        assertThat(UnicodeCharacter.key('A')).isEqualTo("U+0041");
        assertThat(UnicodeCharacter.key(0x1F600)).isEqualTo("U+1F600");
    }
}
