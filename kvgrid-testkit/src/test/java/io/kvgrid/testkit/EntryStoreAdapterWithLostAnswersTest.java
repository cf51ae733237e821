package io.kvgrid.testkit;

/** As {@link EntryStoreAdapterTest}, but what fails has become durable all the same. */
class EntryStoreAdapterWithLostAnswersTest extends EntryStoreAdapterTest {
    EntryStoreAdapterWithLostAnswersTest() {
        table.applyingFailedWrites();
    }
}
