package io.kvgrid.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvgrid.examples.demo.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The shell's protocol, spoken to real processes. */
@Timeout(120)
class GridShellIT {
    @TempDir
    private Path home;

    private final int[] ports = FreePorts.find(3);
    private final List<Jvm> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(Jvm::close);
    }

    private Jvm shell(String... arguments) throws IOException {
        Jvm shell = Jvm.start(home, GridShell.class, arguments);
        started.add(shell);
        return shell;
    }

    private Jvm alone(String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--grid", "g", "--id", "a", "--listen", address(0)));
        arguments.addAll(List.of("--data", "data"));
        arguments.addAll(List.of(more));
        return shell(arguments.toArray(new String[0]));
    }

    /** One of three: 0 hosts the Arbiter. */
    private Jvm member(int index) throws IOException {
        String id = String.valueOf((char) ('a' + index));
        return shell(
                "--grid",
                "g",
                "--id",
                id,
                "--listen",
                address(index),
                "--peers",
                String.join(",", address((index + 1) % 3), address((index + 2) % 3)),
                "--arbiter",
                index == 0 ? "hosted" : address(0),
                "--data",
                "data");
    }

    private String address(int index) {
        return "127.0.0.1:" + ports[index];
    }

    @Test
    void oneShellAnswersEachCommandWithOneLine() throws Exception {
        Jvm shell = alone();

        assertThat(shell.line()).isEqualTo("ready");
        assertThat(shell.ask("get k")).isEqualTo("none");
        assertThat(shell.ask("insert k two\\nlines \\\\ \u00e4\uD83D\uDE00")).matches("ack version=\\d+");
        assertThat(shell.ask("get k")).isEqualTo("value two\\nlines \\\\ \u00e4\uD83D\uDE00");
        assertThat(shell.ask("get k local")).isEqualTo("value two\\nlines \\\\ \u00e4\uD83D\uDE00");
        assertThat(shell.ask("view"))
                .matches("role=PRIMARY epoch=\\d+ primary=a inSync=a commit=\\d+ applied=\\d+ entries=1"
                        + " leased=yes lag=- digest=[0-9a-f]{16}@\\d+");
        assertThat(shell.ask("remove k")).matches("ack version=\\d+");
        assertThat(shell.ask("remove k")).matches("ack version=\\d+");
        assertThat(shell.ask("get k")).isEqualTo("none");
        assertThat(shell.ask("help")).startsWith("help insert ");
        assertThat(shell.ask("")).startsWith("error ");
        assertThat(shell.ask("jump")).startsWith("error ");
        assertThat(shell.ask("exit")).isEqualTo("bye");
        assertThat(shell.exitCode()).isZero();
        assertThat(shell.rest()).isEmpty();
    }

    @Test
    void repeatedOperationIsAppliedOnce() throws Exception {
        Jvm shell = alone();
        String id = " --id " + UUID.randomUUID() + "-0 ";
        assertThat(shell.line()).isEqualTo("ready");

        String ack = shell.ask("insert" + id + "k first");
        assertThat(shell.ask("insert k second")).startsWith("ack ");

        assertThat(shell.ask("insert" + id + "k first")).isEqualTo(ack);
        assertThat(shell.ask("get k")).isEqualTo("value second");
    }

    @Test
    void endOfInputClosesTheNodeAndItRemembers() throws Exception {
        Jvm first = alone();
        first.send("insert k v");
        first.endInput();
        assertThat(first.exitCode()).isZero();
        assertThat(first.rest()).hasSize(3).startsWith("ready").endsWith("bye");

        Jvm second = alone();
        second.send("get k");
        second.endInput();
        assertThat(second.rest()).containsExactly("ready", "value v", "bye");
    }

    @Test
    void signalClosesTheNodeSoThatItCanStartAgain() throws Exception {
        Jvm first = alone();
        assertThat(first.line()).isEqualTo("ready");
        assertThat(first.ask("insert k v")).startsWith("ack ");

        first.terminate();
        assertThat(first.exitCode()).isEqualTo(143);

        Jvm second = alone();
        assertThat(second.line()).isEqualTo("ready");
        assertThat(second.ask("get k")).isEqualTo("value v");
    }

    @Test
    void csvFileIsLoaded() throws Exception {
        StringBuilder rows = new StringBuilder("\"quoted, key\",\"say \"\"hi\"\"\"\n");
        for (int i = 0; i < 2000; i++) {
            rows.append("k").append(i).append(",v,").append(i).append('\n');
        }
        Files.writeString(home.resolve("rows.csv"), rows);
        Jvm shell = alone();
        assertThat(shell.line()).isEqualTo("ready");

        assertThat(shell.ask("load rows.csv")).isEqualTo("loaded n=2001 acknowledged=2001 failed=0");

        assertThat(shell.ask("get k1999")).isEqualTo("value v,1999");
        assertThat(shell.ask("load none.csv")).startsWith("error cannot read none.csv");
    }

    @Test
    void commandFailsInTimeWhenNoRoleComes() throws Exception {
        Jvm shell = shell(
                "--grid",
                "g",
                "--id",
                "b",
                "--listen",
                address(1),
                "--peers",
                address(0),
                "--arbiter",
                address(0),
                "--timeout",
                "300");

        assertThat(shell.ask("insert k v"))
                .startsWith("failed outcome=NOT_APPLIED id=")
                .contains(" reason=");
        assertThat(shell.ask("get k")).startsWith("failed outcome=NOT_APPLIED id=");
        assertThat(shell.ask("get k local")).startsWith("failed outcome=NOT_APPLIED id=");
        assertThat(shell.ask("view")).startsWith("role=JOINING epoch=- primary=- inSync=- ");
        assertThat(shell.ask("exit")).isEqualTo("bye");
    }

    @Test
    void occupiedPortIsReportedBesideTheProtocol() throws Exception {
        try (ServerSocket taken = new ServerSocket(ports[0], 1, InetAddress.getLoopbackAddress())) {
            Jvm shell = alone();

            assertThat(taken.isBound()).isTrue();
            assertThat(shell.exitCode()).isEqualTo(1);
            assertThat(shell.rest()).isEmpty();
            assertThat(shell.errors()).contains("cannot start: ").contains(String.valueOf(ports[0]));
        }
    }

    @Test
    void threeShellsShareWhatOneInserts() throws Exception {
        Jvm a = member(0);
        assertThat(a.line()).isEqualTo("ready");
        Jvm b = member(1);
        assertThat(b.line()).isEqualTo("ready");
        Jvm c = member(2);
        assertThat(c.line()).isEqualTo("ready");

        assertThat(b.ask("insert k through-b")).startsWith("ack ");

        for (Jvm shell : List.of(a, b, c)) {
            assertThat(shell.ask("get k")).isEqualTo("value through-b");
            assertThat(shell.ask("view")).contains(" primary=a inSync=a,b,c ");
        }
        assertThat(a.ask("view")).startsWith("role=PRIMARY ");
        assertThat(c.ask("view")).startsWith("role=SECONDARY ");
    }

    @Test
    void killedSecondaryIsMissedBrieflyAndCatchesUp() throws Exception {
        Jvm a = member(0);
        assertThat(a.line()).isEqualTo("ready");
        Jvm b = member(1);
        assertThat(b.line()).isEqualTo("ready");
        Jvm c = member(2);
        assertThat(c.line()).isEqualTo("ready");

        c.kill();

        // An insert under way when the node fell silent may have met its deadline; later ones must not.
        String last = "";
        for (int i = 0; i < 100 && !last.startsWith("ack "); i++) {
            last = a.ask("insert k" + i + " v");
        }
        assertThat(last).startsWith("ack ");
        assertThat(a.ask("insert meanwhile v")).startsWith("ack ");
        assertThat(a.ask("view")).contains(" inSync=a,b ");

        Jvm again = member(2);
        assertThat(again.line()).isEqualTo("ready");
        assertThat(again.ask("get meanwhile local")).isEqualTo("value v");
        // The Arbiter's word reaches the node that joins and the primary each in its time.
        await().until(() -> a.ask("view").contains(" inSync=a,b,c "));
    }

    @Test
    void allShellsKilledAtOnceLoseNothing() throws Exception {
        List<Jvm> shells = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Jvm shell = member(i);
            assertThat(shell.line()).isEqualTo("ready");
            shells.add(shell);
        }
        assertThat(shells.get(2).ask("insert k v")).startsWith("ack ");

        for (Jvm shell : shells) {
            shell.kill();
        }

        List<Jvm> again = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            again.add(member(i));
        }
        for (Jvm shell : again) { // the first one has its role before the others, whom it needs, have started
            assertThat(shell.line()).isEqualTo("ready");
        }
        for (Jvm shell : again) {
            assertThat(shell.ask("get k")).isEqualTo("value v");
        }
    }

    /** One of {@code count} nodes, each with a vote; operations outlast a fail-over. */
    private Jvm voter(int index, int count, String... more) throws IOException {
        List<String> peers = IntStream.range(0, count)
                .filter(i -> i != index)
                .mapToObj(this::address)
                .toList();
        List<String> arguments = new ArrayList<>(List.of("--grid", "g", "--id", id(index), "--listen", address(index)));
        arguments.addAll(List.of("--peers", String.join(",", peers), "--arbiter", "ratis"));
        arguments.addAll(List.of("--data", "data", "--timeout", "10000"));
        arguments.addAll(List.of(more));
        return shell(arguments.toArray(String[]::new));
    }

    private static String id(int index) {
        return String.valueOf((char) ('a' + index));
    }

    /** Which node {@code shell} takes for the primary. */
    private static int primary(Jvm shell) throws Exception {
        return primary(shell.ask("view"));
    }

    private static int primary(String view) {
        return view.replaceAll(".* primary=(\\S+) .*", "$1").charAt(0) - 'a';
    }

    @Test
    void primaryIsReplacedWhenItHandsOverAndWhenItDies() throws Exception {
        List<Jvm> shells = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            shells.add(voter(i, 3));
        }
        for (Jvm shell : shells) {
            assertThat(shell.line()).isEqualTo("ready");
        }
        await().until(() -> shells.get(0).ask("view").contains(" inSync=a,b,c ")); // the role may move until then
        int first = primary(shells.get(0));
        Jvm survivor = shells.get(first);
        assertThat(survivor.ask("insert k one")).startsWith("ack ");

        String handedOver = survivor.ask("handover");

        int second = primary(handedOver);
        assertThat(second).as(handedOver).isNotEqualTo(first).isBetween(0, 2);
        assertThat(survivor.ask("insert k two")).startsWith("ack ");

        shells.get(second).kill();

        assertThat(survivor.ask("insert k three")).startsWith("ack ");
        assertThat(primary(survivor)).isNotEqualTo(second);
        shells.set(second, voter(second, 3));
        assertThat(shells.get(second).line()).isEqualTo("ready");
        for (Jvm shell : shells) {
            assertThat(shell.ask("get k")).isEqualTo("value three");
        }
        await().until(() -> survivor.ask("view").contains(" inSync=a,b,c "));
    }

    @Test
    void twoNodesAndAWitnessGoOnWithoutThePrimary() throws Exception {
        String nodes = address(0) + "," + address(1);
        Jvm witness = Jvm.start(
                home, Witness.class, "--grid", "g", "--listen", address(2), "--peers", nodes, "--data", "data");
        started.add(witness);
        assertThat(witness.line()).isEqualTo("ready");
        List<Jvm> shells = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            shells.add(voter(i, 2, "--witness", address(2)));
        }
        for (Jvm shell : shells) {
            assertThat(shell.line()).isEqualTo("ready");
        }
        int first = primary(shells.get(0));
        Jvm survivor = shells.get(1 - first);
        await().until(() -> survivor.ask("view").contains(" inSync=a,b "));
        assertThat(shells.get(first).ask("insert k one")).startsWith("ack ");

        shells.get(first).kill();

        assertThat(survivor.ask("insert l two")).startsWith("ack ");
        assertThat(survivor.ask("get k")).isEqualTo("value one");
        assertThat(survivor.ask("view")).startsWith("role=PRIMARY ");
    }

    @Test
    void twoVotersAreRefused() throws Exception {
        Jvm shell = voter(0, 2);

        assertThat(shell.exitCode()).isEqualTo(1);
        assertThat(shell.errors()).contains("cannot start: two voters").contains("GridWitness");
    }
}
