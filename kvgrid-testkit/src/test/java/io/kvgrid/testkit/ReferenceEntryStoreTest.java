package io.kvgrid.testkit;

import io.kvgrid.spi.persistence.EntryStore;

class ReferenceEntryStoreTest extends EntryStoreContract {
    private ReferenceEntryStore table = new ReferenceEntryStore();

    @Override
    protected EntryStore store() {
        table = table.reopened();
        return table;
    }
}
