package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.PersistenceProvider;
import java.nio.file.Path;

/** Makes files the default persistence of a node. */
public final class FilePersistenceProvider implements PersistenceProvider {
    @Override
    public Persistence in(Path directory) {
        return FilePersistence.in(directory);
    }
}
