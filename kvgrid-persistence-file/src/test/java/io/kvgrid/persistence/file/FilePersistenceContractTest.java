package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.testkit.PersistenceContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract over real files. */
class FilePersistenceContractTest extends PersistenceContract {
    @TempDir
    Path directory;

    @Override
    protected Persistence persistence() {
        return FilePersistence.builder(directory).segmentBytes(1 << 14).build();
    }

    @Override
    protected boolean refusesSecondOwner() {
        return true;
    }
}
