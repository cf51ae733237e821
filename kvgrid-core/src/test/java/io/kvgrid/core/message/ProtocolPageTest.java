package io.kvgrid.core.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of messages in {@code docs/protocol.md} has one row for each type, with its code, in their order. */
class ProtocolPageTest {
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| ([A-Z_]+) \\| (\\d+) \\| [A-Za-z' ]+, [A-Za-z' ]+ \\|");

    @Test
    void everyMessageHasItsRow() throws IOException {
        String page = Files.readString(Path.of("../docs/protocol.md"));

        List<String> rows = ROW.matcher(page.substring(page.indexOf("## Messages")))
                .results()
                .map(row -> row.group(1) + " " + row.group(2))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(MessageType.values())
                        .map(type -> type + " " + type.code())
                        .toList());
    }
}
