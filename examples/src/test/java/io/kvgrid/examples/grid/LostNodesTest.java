package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kvgrid.GridNode;
import io.kvgrid.NodeId;
import io.kvgrid.NotReadyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What an operator does when nodes, or the Arbiter, are lost for good (P9, P17). */
class LostNodesTest extends GridTest {
    @Override
    Duration lease() {
        return DEFAULT_LEASE;
    }

    @Test
    void gridOfThreeGoesOnWithOneOnceTheOthersAreRetired() {
        List<GridNode<String, String>> nodes = startThree();
        GridNode<String, String> a = nodes.get(0);
        join(a.insert("k", "1", PATIENT));
        assertThatThrownBy(() -> join(a.retire(new NodeId("c"))))
                .as("it is connected")
                .hasMessageContaining("close it first");
        assertThatThrownBy(() -> join(nodes.get(1).retire(new NodeId("c")))).hasMessageContaining("only the primary");
        nodes.get(2).close();
        nodes.get(1).close();

        join(a.retire(new NodeId("b")));
        join(a.retire(new NodeId("c")));

        awaitInSync(a, "a");
        join(a.insert("k", "2", PATIENT));
        assertThat(join(a.get("k"))).contains("2");
    }

    @Test
    void newLineageIsBegunFromOneNodesDataByForce() throws IOException {
        List<GridNode<String, String>> nodes = startThree();
        for (int i = 0; i < 100; i++) {
            join(nodes.get(0).insert("k" + i, "v" + i, PATIENT));
        }
        nodes.forEach(GridNode::close);
        delete(directory.resolve(GRID).resolve("a")); // the Arbiter's host, with the Arbiter
        delete(directory.resolve(GRID).resolve("arbiter"));

        GridNode<String, String> refused = start(host("c"));
        String why = whyNotReady(refused);
        Matcher lsn = Pattern.compile("forceNewLineage\\((\\d+)\\)").matcher(why);
        assertThat(lsn.find()).as(why).isTrue();
        refused.close();
        GridNode<String, String> c = startReady(host("c").forceNewLineage(Long.parseLong(lsn.group(1))));

        for (int i = 0; i < 100; i++) {
            assertThat(join(c.get("k" + i))).contains("v" + i);
        }
        GridNode<String, String> old = start(member("b", c));
        await().untilAsserted(() -> assertThatThrownBy(() -> old.peek("k0"))
                .isInstanceOf(NotReadyException.class)
                .hasMessageContaining("empty directory"));
        GridNode<String, String> a = startReady(member("a", c));
        awaitInSync(c, "a", "c");
        join(a.insert("more", "1", PATIENT));
        assertThat(c.peek("more")).isEqualTo("1");
    }

    private static String whyNotReady(GridNode<?, ?> node) {
        return String.valueOf(failureOf(node.ready()).getMessage());
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
