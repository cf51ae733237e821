package io.kvgrid.core.arbiter;

import io.kvgrid.persistence.file.FilePersistence;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.persistence.InMemoryPersistence;
import io.kvgrid.testkit.ArbiterContract;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The Arbiter that one node hosts, on its file. */
class EmbeddedArbiterTest extends ArbiterContract {
    @TempDir
    private Path directory;

    private StoredArbiter stored = StoredArbiter.open(InMemoryPersistence.create());

    @BeforeEach
    void open() {
        stored = StoredArbiter.open(FilePersistence.in(directory));
    }

    @AfterEach
    void end() {
        stored.close();
    }

    /** All clients are of the one Arbiter, which they do not close. */
    @Override
    protected Arbiter client() {
        StoredArbiter present = stored;
        return new Arbiter() {
            @Override
            public CompletionStage<Optional<GridConfig>> read() {
                return present.read();
            }

            @Override
            public CompletionStage<CasResult> compareAndSet(long expectedCv, GridConfig proposal) {
                return present.compareAndSet(expectedCv, proposal);
            }

            @Override
            public void watch(Consumer<GridConfig> watcher) {
                present.watch(watcher);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    protected boolean restartArbiter() {
        end();
        open();
        return true;
    }

    @Override
    protected boolean notifies() {
        return true;
    }

    @Override
    protected int randomProposals() {
        return 100;
    }
}
