package io.kvgrid.chaos.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamespacesTest {
    @Test
    void cutHoldsInOneDirectionUntilHealed() {
        try (Network network = create()) {
            network.cut("a", "b");

            assertThat(route(network, "a", "b")).contains("Invalid argument");
            assertThat(route(network, "b", "a")).contains("dev eth0");

            network.heal();
            assertThat(route(network, "a", "b")).contains("dev eth0");
            assertThat(network.lost("a")).isZero();
        }
    }

    @Test
    void nothingIsLeftBehind() {
        String prefix = "kvgrid-" + ProcessHandle.current().pid() + "-";
        try (Network network = create()) {
            assertThat(network.address("a")).isNotEqualTo(network.address("b"));
            assertThat(SystemCommand.run("ip", "netns", "list")).contains(prefix + "a", prefix + "b", prefix + "net");
        }

        assertThat(SystemCommand.run("ip", "netns", "list")).doesNotContain(prefix);
    }

    @Test
    void whatADeadProcessLeftIsRemoved() {
        create().close(); // or there is nothing to be tested here
        String stale = "kvgrid-999999999-a"; // above every process number
        SystemCommand.run("ip", "netns", "add", stale);

        create().close();

        assertThat(SystemCommand.run("ip", "netns", "list")).doesNotContain(stale);
    }

    @Test
    void onlyOwnNamesAreKnown() {
        assertThat(Namespaces.maker("kvgrid-12-a")).contains(12L);
        assertThat(Namespaces.maker("kvgrid-a-12")).isEmpty();
        assertThat(Namespaces.maker("other-12-a")).isEmpty();
        assertThat(Namespaces.maker("kvgrid-12")).isEmpty();
    }

    @Test
    void failureOfACommandSaysWhatItWrote() {
        assertThatThrownBy(() -> SystemCommand.run("sh", "-c", "echo why; exit 3"))
                .isInstanceOf(SystemCommandException.class)
                .hasMessageContaining("why");
        assertThatThrownBy(() -> SystemCommand.run("no-such-command")).isInstanceOf(SystemCommandException.class);
    }

    private static Network create() {
        try {
            return Namespaces.create(List.of("a", "b"));
        } catch (SystemCommandException e) {
            return abort("no namespaces here: " + e.getMessage());
        }
    }

    private static String route(Network network, String from, String to) {
        List<String> command = new ArrayList<>(network.launcher(from));
        String host = network.address(to).split(":", -1)[0];
        command.addAll(List.of("sh", "-c", "ip route get " + host + " 2>&1 || true"));
        return SystemCommand.run(command.toArray(String[]::new));
    }
}
