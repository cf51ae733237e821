package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.testkit.PersistenceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
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
    protected boolean readsLog() {
        return true;
    }

    @Override
    protected boolean refusesSecondOwner() {
        return true;
    }

    @Override
    protected boolean damageRecords() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            Path first = files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(first);
            bytes[FileHeader.BYTES + GroupHeader.BYTES + 20] ^= 1;
            Files.write(first, bytes);
            return true;
        }
    }
}
