package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridNode;
import io.kvgrid.GridNodeBuilder;
import io.kvgrid.persistence.file.BackupReport;
import io.kvgrid.persistence.file.FilePersistence;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A running node's files are backed up through the API, and nodes are started on the copy (S28). */
class RestoredBackupTest extends GridTest {
    private static final int ENTRIES = 500;

    private GridNode<String, String> a;
    private Path backup = Path.of("");
    private long backupLsn;

    @BeforeEach
    void backUpUnderLoad() {
        backup = directory.resolve("backup");
        FilePersistence files = FilePersistence.in(directory.resolve("a-files"));
        a = startReady(host("a").persistence(files));
        for (int i = 0; i < ENTRIES; i++) {
            join(a.insert("key" + i, "value" + i, PATIENT));
        }
        Load load = Load.on(List.of(a), PATIENT).more(200);

        BackupReport report = join(files.backup(backup));

        load.more(200).stop();
        assertThat(load.failures()).isEmpty();
        backupLsn = report.upTo().lsn();
        assertThat(backupLsn).isGreaterThanOrEqualTo(ENTRIES);
    }

    /** It is another store (P7), without a lineage: whether its data is this grid's nobody can tell. */
    @Test
    void nodeOnABackupDoesNotJoinAGridThatGoesOn() {
        GridNode<String, String> b = start(member("b", a).persistence(FilePersistence.in(backup)));

        assertThat(failureOf(b.ready()))
                .hasMessageContaining("restored from a backup")
                .hasMessageContaining("give this node an empty directory");
        join(a.insert("key0", "unmoved", PATIENT));
    }

    /** P9: data never bootstraps a grid by itself; an operator's word does, once all other nodes are lost. */
    @Test
    void nodeOnABackupBeginsANewLineageOnlyIfItIsTold() {
        a.close();
        GridNode<String, String> untold = start(elsewhere());
        assertThat(failureOf(untold.ready()))
                .hasMessageContaining("the Arbiter is empty, but this node has data")
                .hasMessageContaining("forceNewLineage(" + backupLsn + ")");
        untold.close();

        GridNode<String, String> told = startReady(elsewhere().forceNewLineage(backupLsn));

        for (int i = 0; i < ENTRIES; i++) {
            assertThat(join(told.get("key" + i))).contains("value" + i);
        }
        assertThat(join(told.insert("key0", "in the new lineage", PATIENT)).version())
                .isGreaterThan(backupLsn);
        GridNode<String, String> b = startReady(member("b", told));
        awaitInSync(told, "a", "b");
        assertThat(b.peek("key0")).isEqualTo("in the new lineage");
        assertThat(b.view().entries()).isEqualTo(told.view().entries());
    }

    /** The first node of a grid whose Arbiter is empty, on the backup. */
    private GridNodeBuilder<String, String> elsewhere() {
        return host("a").dataRoot(directory.resolve("elsewhere")).persistence(FilePersistence.in(backup));
    }
}
