package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.DataDirectoryInUseException;
import io.kvgrid.GridNode;
import org.junit.jupiter.api.Test;

/** A data directory belongs to one process (S21). */
class DirectoryInUseIT extends GridTest {
    @Test
    void nodeOfAnotherProcessIsNamedAndItsDirectoryIsFreeOnceItIsKilled() throws Exception {
        try (OtherProcess other = OtherProcess.nodeOn(directory)) {
            assertThatThrownBy(() -> host("a").start())
                    .isInstanceOf(DataDirectoryInUseException.class)
                    .hasMessageContainingAll(
                            directory.resolve(GRID).resolve("a").toString(),
                            String.valueOf(other.pid()),
                            "stop that node");
            assertNoThreadIsLeft();

            other.kill();
        }

        GridNode<String, String> node = startReady(host("a"));
        assertThat(join(node.get("from"))).contains("another process");
    }
}
