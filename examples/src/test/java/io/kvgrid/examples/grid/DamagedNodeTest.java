package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridListener;
import io.kvgrid.GridNode;
import io.kvgrid.GridNodeBuilder;
import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.OperationAck;
import io.kvgrid.ReadConsistency;
import io.kvgrid.Role;
import io.kvgrid.persistence.file.FilePersistence;
import io.kvgrid.persistence.file.StoredFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bytes of a node's files change behind its back (P18, S7, S23): three real nodes, on real files, over TCP. Damage that hits
 * a secondary is named, and repaired from the primary while the others write; nothing acknowledged is lost.
 */
@Timeout(120)
class DamagedNodeTest extends GridTest {
    private static final int SEGMENT_BYTES = 64 << 10;
    private static final int PRELOADED = 40;
    private static final int LARGE = 100_000;

    /** Which file is hit. */
    enum Hit {
        SEALED_SEGMENT,
        SNAPSHOT;

        List<String> candidates(StoredFiles files) throws IOException {
            return this == SNAPSHOT ? files.snapshots() : files.sealedSegments();
        }
    }

    private final Queue<GridView> seenByPrimary = new ConcurrentLinkedQueue<>();
    private final Queue<GridView> seenByDamaged = new ConcurrentLinkedQueue<>();
    private int injected;

    @ParameterizedTest
    @EnumSource
    void damageOfARunningSecondaryIsNamedAndRepairedWhileOthersWrite(Hit hit) throws IOException {
        List<GridNode<String, String>> nodes = startLoadedGrid();
        GridNode<String, String> a = nodes.get(0);
        GridNode<String, String> b = nodes.get(1);
        Load load = Load.on(List.of(a, nodes.get(2)), PATIENT).more(300);

        String named = damageUntilNamed(b, hit);

        assertThat(named)
                .contains(filesOf("b").toString(), " at byte ", "expected", "found")
                .contains(hit == Hit.SNAPSHOT ? ".snap" : ".log");
        awaitView(b, view -> view.role() == Role.SECONDARY);
        awaitInSync(a, "a", "b", "c");
        load.more(300).stop();
        assertThat(load.failures()).isEmpty();
        assertThat(seenByPrimary)
                .as("removed from the in-sync set meanwhile")
                .anyMatch(
                        view -> !view.inSync().contains(b.id()) && view.inSync().size() == 2);
        assertRepaired(nodes, load, "while running, " + hit);
    }

    @Test
    void secondaryThatWasDamagedWhileItWasStoppedIsRepairedWhenItStarts() throws IOException {
        List<GridNode<String, String>> nodes = new ArrayList<>(startLoadedGrid());
        GridNode<String, String> a = nodes.get(0);
        Load load = Load.on(List.of(a, nodes.get(2)), PATIENT).more(300);
        nodes.get(1).close();
        StoredFiles files = new StoredFiles(filesOf("b"));
        for (Hit hit : Hit.values()) {
            for (String name : hit.candidates(files)) {
                files.flip(name);
                injected++;
            }
        }
        assertThat(injected).isPositive();
        assertThat(files.verify()).first().isEqualTo("1");

        nodes.set(1, startReady(scrubbed("b", a)));

        assertThat(damageSeen()).as("what it named").hasSize(1);
        awaitInSync(a, "a", "b", "c");
        load.more(300).stop();
        assertThat(load.failures()).isEmpty();
        assertRepaired(nodes, load, "while stopped");
    }

    /** The other member takes over, and the old primary gets its data back from that one. */
    @Test
    void damagedPrimaryIsReplacedAndRepaired() throws IOException {
        GridNode<String, String> a = startReady(host("a").lease(DEFAULT_LEASE).persistence(files("a")));
        GridNode<String, String> b = startReady(member("b", a).lease(DEFAULT_LEASE));
        awaitInSync(a, "a", "b");
        preload(a);

        StoredFiles files = new StoredFiles(filesOf("a"));
        while (a.view().role() == Role.PRIMARY) {
            flip(files, Hit.SNAPSHOT);
            awaitAtMost(a, Duration.ofSeconds(2), view -> view.role() != Role.PRIMARY);
        }

        awaitView(b, view -> view.role() == Role.PRIMARY);
        awaitView(a, view -> view.role() == Role.SECONDARY);
        awaitInSync(b, "a", "b");
        assertThat(a.peek("large" + (PRELOADED - 1))).endsWith("x".repeat(LARGE));
        System.out.println("INJECTED damage of the primary's files: " + injected + " flipped, repaired 1");
    }

    /** Three nodes with so much data that logs are compacted, and not all the time. */
    private List<GridNode<String, String>> startLoadedGrid() {
        GridNode<String, String> a = startReady(host("a").listener(seenByPrimary::add));
        GridNode<String, String> b = startReady(scrubbed("b", a));
        GridNode<String, String> c = startReady(member("c", a));
        awaitInSync(a, "a", "b", "c");
        preload(a);
        return List.of(a, b, c);
    }

    private static void preload(GridNode<String, String> node) {
        List<CompletableFuture<OperationAck>> writes = new ArrayList<>();
        for (int i = 0; i < PRELOADED; i++) {
            writes.add(node.insert("large" + i, i + "x".repeat(LARGE), PATIENT));
        }
        writes.forEach(GridTest::join);
    }

    private GridNodeBuilder<String, String> scrubbed(String id, GridNode<?, ?> host) {
        return member(id, host).persistence(files(id)).listener(seenByDamaged::add);
    }

    private FilePersistence files(String id) {
        return FilePersistence.builder(filesOf(id))
                .segmentBytes(SEGMENT_BYTES)
                .scrub(1L << 30, Duration.ofMillis(20))
                .build();
    }

    private Path filesOf(String id) {
        return directory.resolve("files-of-" + id);
    }

    /** Flips bytes of one file after the other, since a compaction may drop the one just hit, until the node has noticed. */
    private String damageUntilNamed(GridNode<String, String> node, Hit hit) throws IOException {
        StoredFiles files = new StoredFiles(filesOf(node.id().value()));
        while (damageSeen().isEmpty()) {
            flip(files, hit);
            awaitAtMost(node, Duration.ofSeconds(1), view -> !damageSeen().isEmpty());
        }
        return damageSeen().get(0);
    }

    private void flip(StoredFiles files, Hit hit) throws IOException {
        List<String> names = hit.candidates(files);
        if (!names.isEmpty()) {
            try {
                files.flip(names.get(names.size() - 1));
                injected++;
            } catch (NoSuchFileException | FileNotFoundException e) {
                // compacted since
            }
        }
    }

    private static void awaitAtMost(GridNode<?, ?> node, Duration limit, Predicate<GridView> isWanted) {
        CompletableFuture<GridView> found = new CompletableFuture<>();
        GridListener listener = view -> {
            if (isWanted.test(view)) {
                found.complete(view);
            }
        };
        node.addListener(listener);
        try {
            found.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // then again
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            node.removeListener(listener);
        }
    }

    /** What the node said of its damage. */
    private List<String> damageSeen() {
        return seenByDamaged.stream()
                .flatMap(view -> view.progress().stream())
                .map(GridView.Progress::phase)
                .filter(phase -> phase.startsWith("damaged: "))
                .distinct()
                .toList();
    }

    /** All nodes hold all that was acknowledged, the repaired one takes part, and its files are whole. */
    private void assertRepaired(List<GridNode<String, String>> nodes, Load load, String when) {
        load.assertKeptBy(nodes);
        GridNode<String, String> b = nodes.get(1);
        for (int i = 0; i < PRELOADED; i++) {
            assertThat(b.peek("large" + i)).isEqualTo(i + "x".repeat(LARGE));
        }
        long version =
                join(b.insert("written", "through the repaired node", PATIENT)).version();
        assertThat(join(nodes.get(2).get("written", ReadConsistency.atLeast(version))))
                .contains("through the repaired node");
        assertThat(nodes.get(0).view().inSync()).contains(new NodeId("b"));
        b.close();
        assertThat(new StoredFiles(filesOf("b")).verify())
                .as("what kvgrid-log verify says")
                .startsWith("0")
                .last()
                .asString()
                .startsWith("GOOD ");
        System.out.println("INJECTED damage of a secondary " + when + ": " + injected + " flipped, repaired 1, "
                + load.acknowledgements() + " writes acknowledged meanwhile");
    }
}
