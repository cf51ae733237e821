package io.kvgrid.testkit;

import io.kvgrid.spi.persistence.InMemoryPersistence;
import io.kvgrid.spi.persistence.Persistence;

class InMemoryPersistenceTest extends PersistenceContract {
    @Override
    protected Persistence persistence() {
        return InMemoryPersistence.create();
    }

    @Override
    protected boolean survivesClose() {
        return false;
    }
}
