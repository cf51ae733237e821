package io.kvgrid.core.serialization;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RegistrationDifferenceTest {
    private static final List<String> OWN = List.of(
            "0 com.acme.Order root:kryo5.1", "100 com.acme.Order record:1b2c3d4e", "101 com.acme.Line record:00000001");

    @Test
    void equalDescriptionsHaveNoDifference() {
        assertThat(describe(OWN, OWN)).isEmpty();
        assertThat(RegistrationDifference.describe("a", OWN, "b", cut(OWN, 23), 500))
                .isEmpty();
        assertThat(describe(List.of(), List.of())).isEmpty();
    }

    @Test
    void changedClassIsShownFromBothSides() {
        List<String> peer = new ArrayList<>(OWN);
        peer.set(1, "100 com.acme.Order record:5f6a7b8c");

        assertThat(describe(OWN, peer))
                .isEqualTo("only a has [100 com.acme.Order record:1b2c3d4e];"
                        + " only b has [100 com.acme.Order record:5f6a7b8c]");
    }

    @Test
    void missingRegistrationIsShownWhereItIs() {
        List<String> peer = OWN.subList(0, 2);

        assertThat(describe(OWN, peer)).isEqualTo("only a has [101 com.acme.Line record:00000001]");
        assertThat(describe(peer, OWN)).isEqualTo("only b has [101 com.acme.Line record:00000001]");
    }

    @Test
    void otherOrderIsADifference() {
        List<String> peer = new ArrayList<>(OWN);
        Collections.reverse(peer);

        assertThat(describe(OWN, peer)).isEqualTo("the same lines in another order");
    }

    @Test
    void linesOfThePeerWithoutTextAreCounted() {
        List<String> peer = new ArrayList<>(OWN);
        peer.add("102 com.acme.Card record:00000002");
        peer.add("103 com.acme.Cash record:00000003");
        DescriptionDigest oneText = cut(peer, 23 + 5 * 4 + 2 + OWN.get(0).length());
        assertThat(oneText.texts()).hasSize(1);

        assertThat(RegistrationDifference.describe("a", OWN, "b", oneText, 500)).isEqualTo("only b has [] and 2 more");
    }

    @Test
    void differenceBeyondWhatTheHelloHoldsIsSaidToBeThere() {
        List<String> peer = new ArrayList<>(OWN);
        peer.set(2, "101 com.acme.Line record:00000009");
        DescriptionDigest twoChecksums = cut(peer, 23 + 2 * 4);
        assertThat(twoChecksums.checksums()).hasSize(2);

        assertThat(RegistrationDifference.describe("a", OWN, "b", twoChecksums, 500))
                .isEqualTo("a difference after line 2 of 3");
    }

    @Test
    void longDifferenceIsCut() {
        List<String> many = IntStream.range(100, 1_000)
                .mapToObj(id -> id + " com.acme.Order record:00000000")
                .toList();

        assertThat(describe(many, OWN)).hasSize(500).startsWith("only a has [").endsWith("...");
    }

    @Test
    void textsOfThePeerCannotForgeLogLines() {
        List<String> peer = List.of("100 evil\r\n2024-01-01 ERROR \u202e forged\u2028");

        assertThat(describe(OWN, peer))
                .contains("100 evil??2024-01-01 ERROR ? forged?")
                .doesNotContain("\n");
    }

    private static String describe(List<String> own, List<String> peer) {
        return RegistrationDifference.describe("a", own, "b", DescriptionDigest.of(peer), 500);
    }

    private static DescriptionDigest cut(List<String> lines, int maxBytes) {
        return DescriptionDigest.decode(DescriptionDigest.of(lines).encode(maxBytes));
    }
}
