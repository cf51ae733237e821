package io.kvgrid.spi.persistence;

import java.nio.file.Path;

/** Makes the default persistence of a node; found by {@link java.util.ServiceLoader}. */
public interface PersistenceProvider {
    /** A persistence under {@code directory}, which need not exist; nothing is touched before {@link Persistence#open}. */
    Persistence in(Path directory);
}
