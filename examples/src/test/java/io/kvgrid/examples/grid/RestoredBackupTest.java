package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridNode;
import io.kvgrid.core.message.MessageType;
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
        assertThat(report.upTo().lsn()).isGreaterThanOrEqualTo(ENTRIES);
    }

    /** P7: its store id is its own; what it holds spares it the whole state. */
    @Test
    void nodeOnABackupJoinsAsANewOneAndIsSentOnlyWhatCameLater() {
        CountingTransport network = new CountingTransport();

        GridNode<String, String> b = startReady(
                member("b", a).persistence(FilePersistence.in(backup)).transport(network));

        awaitInSync(a, "a", "b");
        assertThat(network.received(MessageType.SNAPSHOT_CHUNK)).isZero();
        assertThat(b.view().entries()).isEqualTo(a.view().entries());
        for (int i = 0; i < ENTRIES; i++) {
            assertThat(b.peek("key" + i)).isEqualTo("value" + i);
        }
        join(b.insert("key0", "written on the restored node", PATIENT));
        assertThat(join(a.get("key0"))).contains("written on the restored node");
    }

    /** P9: data never bootstraps a grid by itself; that takes an operator's word. */
    @Test
    void nodeOnABackupCreatesNoGrid() {
        GridNode<String, String> other =
                start(host("a").dataRoot(directory.resolve("elsewhere")).persistence(FilePersistence.in(backup)));

        assertThat(failureOf(other.ready())).hasMessageContaining("the Arbiter is empty, but this node has data");
    }
}
