package io.kvgrid.examples.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.OperationId;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTest {
    private static final OperationId ID = new OperationId(new UUID(1, 2), 3);

    @Test
    void valueIsTheRestOfTheLineWithItsBlanks() {
        assertThat(Command.parse("insert k  two  words "))
                .isEqualTo(new Command.Insert("k", " two  words ", Optional.empty()));
    }

    @Test
    void valueMayBeEmptyButNotAbsent() {
        assertThat(Command.parse("insert k ")).isEqualTo(new Command.Insert("k", "", Optional.empty()));

        assertThatThrownBy(() -> Command.parse("insert k"))
                .isInstanceOf(BadCommandException.class)
                .hasMessage("missing a value");
    }

    @Test
    void keyAndValueAreUnescaped() {
        assertThat(Command.parse("insert a\\\\b one\\ntwo\\\\n"))
                .isEqualTo(new Command.Insert("a\\b", "one\ntwo\\n", Optional.empty()));
    }

    @Test
    void insertAndRemoveTakeAnOperationId() {
        assertThat(Command.parse("insert --id " + ID + " k v w"))
                .isEqualTo(new Command.Insert("k", "v w", Optional.of(ID)));
        assertThat(Command.parse("remove --id " + ID + " k")).isEqualTo(new Command.Remove("k", Optional.of(ID)));
        assertThat(Command.parse("remove k --id " + ID)).isEqualTo(new Command.Remove("k", Optional.of(ID)));
    }

    @Test
    void anIdBehindTheKeyOfAnInsertIsPartOfTheValue() {
        assertThat(Command.parse("insert k --id " + ID))
                .isEqualTo(new Command.Insert("k", "--id " + ID, Optional.empty()));
    }

    @Test
    void keyMayBeginLikeAnOption() {
        assertThat(Command.parse("insert --ideas v")).isEqualTo(new Command.Insert("--ideas", "v", Optional.empty()));
    }

    @Test
    void handOverHasNoArguments() {
        assertThat(Command.parse("handover")).isEqualTo(new Command.HandOver());

        assertThatThrownBy(() -> Command.parse("handover b")).isInstanceOf(BadCommandException.class);
    }

    @Test
    void getMayBeLocal() {
        assertThat(Command.parse("get k")).isEqualTo(new Command.Get("k", false));
        assertThat(Command.parse("get k local")).isEqualTo(new Command.Get("k", true));
        assertThat(Command.parse("get local")).isEqualTo(new Command.Get("local", false));
    }

    @Test
    void blanksAroundAreNothing() {
        assertThat(Command.parse("  view \t")).isEqualTo(new Command.View());
        assertThat(Command.parse("\tget   k\tlocal ")).isEqualTo(new Command.Get("k", true));
        assertThat(Command.parse("load  my file.csv")).isEqualTo(new Command.Load("my file.csv"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "put k v",
                "INSERT k v",
                "insert",
                "insert ",
                "insert --id k v",
                "insert --id",
                "get",
                "get k remote",
                "get k localhost",
                "get k local now",
                "remove k v",
                "remove --id 1-2 k",
                "view all",
                "load",
                "load ",
                "exit now",
                "insert k a\\tb",
                "insert k a\\"
            })
    void badCommandIsRefused(String line) {
        assertThatThrownBy(() -> Command.parse(line)).isInstanceOf(BadCommandException.class);
    }

    @ParameterizedTest
    @CsvSource({"a,a", "a\\,a\\\\", "\\n,\\\\n"})
    void escapedTextStaysOnOneLine(String text, String line) {
        assertThat(Escapes.escape(text)).isEqualTo(line);
        assertThat(Escapes.unescape(line)).isEqualTo(text);
    }

    @Test
    void everyTextSurvivesEscaping() {
        String text = "\r\n\\n\\\\\r\\ \u0000\uD83D\uDE00\n";

        assertThat(Escapes.escape(text)).doesNotContain("\n").doesNotContain("\r");
        assertThat(Escapes.unescape(Escapes.escape(text))).isEqualTo(text);
    }
}
