package io.kvgrid.examples.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridStartException;
import io.kvgrid.OperationId;
import io.kvgrid.OperationTimeoutException;
import io.kvgrid.Outcome;
import io.kvgrid.OverloadedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LineSessionTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final FakeNode node = new FakeNode();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private int run(InputStream in, String prompt, Duration patience) throws InterruptedException {
        PrintStream lines = new PrintStream(out, false, StandardCharsets.UTF_8);
        return new LineSession(node, in, lines, prompt, patience).run(new ShellCommands(node, patience)::answer);
    }

    private static InputStream typed(String... lines) {
        return new ByteArrayInputStream(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }

    private List<String> output() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void eachLineIsAnsweredByOneLineInOrder() throws InterruptedException {
        node.ready.complete(null);

        int exit = run(
                typed(
                        "insert k one two",
                        "get k",
                        "get k local",
                        "remove k",
                        "get k",
                        "remove k",
                        "nonsense",
                        "",
                        "exit"),
                "",
                LONG);

        assertThat(exit).isZero();
        assertThat(output())
                .containsExactly(
                        "ready",
                        "ack version=1",
                        "value one two",
                        "value one two",
                        "ack version=2",
                        "none",
                        "ack version=3",
                        "error unknown command 'nonsense'; try help",
                        "error missing a command; try help",
                        "bye");
    }

    @Test
    void endOfInputClosesTheNodeBeforeBye() throws InterruptedException {
        node.ready.complete(null);

        int exit = run(typed("view"), "", LONG);

        assertThat(exit).isZero();
        assertThat(node.closed).isTrue();
        assertThat(output())
                .containsExactly(
                        "ready",
                        "role=PRIMARY epoch=1 primary=fake inSync=fake commit=0 applied=0 entries=0"
                                + " leased=yes lag=- digest=0000000000000000@0",
                        "bye");
    }

    @Test
    void nothingIsReadBehindExit() throws InterruptedException {
        node.ready.complete(null);

        run(typed("exit", "insert k v"), "", LONG);

        assertThat(output()).containsExactly("ready", "bye");
        assertThat(node.ids).isEmpty();
    }

    @Test
    void readyComesWithoutACommand() throws Exception {
        PipedOutputStream keyboard = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(keyboard);
        PipedInputStream screen = new PipedInputStream();
        PrintStream lines = new PrintStream(new PipedOutputStream(screen), false, StandardCharsets.UTF_8);
        Thread session = new Thread(() -> {
            try {
                var unused = new LineSession(node, in, lines, "", LONG).run(l -> Optional.empty());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        session.start();

        node.ready.complete(null);

        assertThat(new String(screen.readNBytes(6), StandardCharsets.UTF_8)).isEqualTo("ready\n");
        keyboard.close();
        session.join();
    }

    @Test
    void commandReadBeforeTheRoleWaitsForIt() throws Exception {
        PipedOutputStream keyboard = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(keyboard);
        keyboard.write("insert k v\nget k local\n".getBytes(StandardCharsets.UTF_8));
        keyboard.close();
        Thread role = new Thread(() -> {
            while (node.ids.isEmpty()) {
                Thread.onSpinWait(); // until the insert is under way
            }
            node.ready.complete(null);
        });
        role.start();

        int exit = run(in, "", LONG);

        role.join();
        assertThat(exit).isZero();
        assertThat(output()).containsExactly("ready", "ack version=1", "value v", "bye");
    }

    @Test
    void onlyAFailureOvertakesReady() throws InterruptedException {
        OperationId id = new OperationId(new UUID(1, 2), 3);
        node.failures.add(new OperationTimeoutException(id, Outcome.NOT_APPLIED, "no role"));

        run(typed("insert k v", "get k local"), "", SHORT);

        assertThat(output())
                .containsExactly(
                        "failed outcome=NOT_APPLIED id=" + id + " reason=no role",
                        "failed outcome=NOT_APPLIED id=- reason=joining",
                        "bye");
    }

    @Test
    void nodeThatCannotGetReadyEndsTheSessionWithoutBye() throws InterruptedException {
        node.ready.completeExceptionally(new GridStartException("damaged"));

        int exit = run(typed("exit"), "", LONG);

        assertThat(exit).isEqualTo(1);
        assertThat(output()).isEmpty();
    }

    @Test
    void operationIdGoesToTheGrid() throws InterruptedException {
        node.ready.complete(null);
        OperationId id = new OperationId(new UUID(1, 2), 3);

        run(typed("insert --id " + id + " k v", "remove k"), "", LONG);

        assertThat(node.ids).containsExactly(Optional.of(id), Optional.empty());
    }

    @Test
    void onlyALineFeedEndsALine() throws InterruptedException {
        node.ready.complete(null);

        run(typed("insert k a\rb\r", "get k"), "", LONG);

        assertThat(output()).containsExactly("ready", "ack version=1", "value a\\rb", "bye");
    }

    @Test
    void loadCountsWhatWasAcknowledged(@TempDir Path directory) throws Exception {
        node.ready.complete(null);
        Path file = Files.writeString(directory.resolve("my file.csv"), "a,1\n\nno comma\n\"b\",\"2,3\"\n");
        OperationId id = new OperationId(new UUID(1, 2), 3);
        node.failures.add(new OperationTimeoutException(id, Outcome.UNKNOWN, "too slow"));

        run(typed("load " + file, "get a", "get b"), "", LONG);

        assertThat(output())
                .containsExactly("ready", "loaded n=3 acknowledged=2 failed=1", "value 1", "value 2,3", "bye");
        assertThat(node.ids).containsExactlyInAnyOrder(Optional.empty(), Optional.empty(), Optional.of(id));
    }

    @Test
    void loadOfAFileThatIsNotThereIsAnError(@TempDir Path directory) throws InterruptedException {
        node.ready.complete(null);

        run(typed("load " + directory.resolve("none.csv")), "", LONG);

        assertThat(output()).hasSize(3).element(1).asString().startsWith("error cannot read ");
    }

    @Test
    void loaderGivesUpWhenPatienceEnds() throws Exception {
        node.ready.complete(null);
        for (int i = 0; i < 3; i++) {
            node.failures.add(new OverloadedException(null, "full"));
        }
        BulkLoader<String> loader = new BulkLoader<>(node, 1, Duration.ZERO);

        loader.add("a", "1");
        loader.add("b", "2");

        assertThat(loader.finish()).isEqualTo(new BulkLoader.Progress(2, 0, 2, 0, 2, 0));
        assertThat(node.ids).hasSize(1); // the second one was not even tried
    }

    @Test
    void promptStandsBeforeEachLineOfAHuman() throws InterruptedException, IOException {
        node.ready.complete(null);

        run(typed("get k", "exit"), "a> ", LONG);

        String shown = out.toString(StandardCharsets.UTF_8);
        assertThat(shown).startsWith("a> ").contains("none\na> ").endsWith("bye\n");
    }
}
