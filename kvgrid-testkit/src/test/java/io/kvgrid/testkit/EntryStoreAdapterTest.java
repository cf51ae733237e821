package io.kvgrid.testkit;

import io.kvgrid.spi.persistence.EntryStoreAdapter;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.PersistenceException;
import java.io.IOException;
import java.util.Optional;

class EntryStoreAdapterTest extends PersistenceContract {
    ReferenceEntryStore table = new ReferenceEntryStore();

    @Override
    protected Persistence persistence() {
        table = table.reopened();
        return new EntryStoreAdapter(table);
    }

    @Override
    protected Optional<Persistence> afterPowerLoss() {
        return Optional.of(persistence());
    }

    @Override
    protected boolean failNextWriteRetryably() {
        table.failNextWrite(PersistenceException.retryable("injected", null));
        return true;
    }

    @Override
    protected boolean failNextWriteFatally() {
        table.failNextWrite(new IOException("injected"));
        return true;
    }

    @Override
    protected Optional<HeldWrites> holdWrites() {
        return Optional.of(table.hold());
    }
}
