package io.kvgrid.spi.persistence;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A state received from another node, being written beside the present one. Until {@link #commit} has completed, a
 * crash leaves the old state as it was; afterwards only the new one exists (P33, S13). Single caller.
 */
public interface SnapshotInstallation {
    /**
     * Adds entries. A later entry for a key replaces an earlier one; one without a value removes it.
     *
     * @return completes when more may be added; says nothing about durability. One call at a time may be outstanding
     */
    CompletionStage<Void> add(List<SnapshotEntry> entries);

    /**
     * Makes the added entries the store's whole content, atomically and durably: log and entries of before are gone,
     * and the next record to append follows {@code label}. Metadata stays.
     *
     * @param state the grid's state beside its entries; opaque
     */
    CompletionStage<Void> commit(RecordId label, ByteBuffer state);

    /**
     * Gives the installation up; the store keeps its present content. Calls of it that failed need not be made again.
     * Harmless after {@link #commit} has completed; one that is under way may still take effect.
     */
    void abort();
}
