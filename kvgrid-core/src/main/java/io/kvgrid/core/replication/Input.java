package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.OperationId;
import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.persistence.LogRange;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Everything that can happen to a {@link Replica}. */
public sealed interface Input {
    /** Time has passed. Comes every {@link ReplicaSettings#tickNanos()} or so. */
    record Tick() implements Input {}

    /** A message has come in, of any age and in any order. */
    record Received(NodeId from, Envelope envelope, Message message) implements Input {}

    /**
     * A connection stands.
     *
     * @param bootId the run of the peer that it leads to
     * @param lineageId the lineage that the peer knows; {@link Envelope#NO_ID} for none
     */
    record PeerConnected(NodeId peer, UUID bootId, UUID lineageId) implements Input {}

    /** It is lost. */
    record PeerDisconnected(NodeId peer) implements Input {}

    /**
     * A client of this node writes: placed in the log if this node is primary, forwarded to the primary otherwise. Only
     * while {@link Replica#isServing()}.
     */
    record ClientWrite(WriteCommand command) implements Input {}

    /** The client of a write that was given by {@link ClientWrite} no longer waits for it. */
    record Abandoned(OperationId operation) implements Input {}

    /**
     * Clients of this node read linearizably: each of {@code readIds} asks for an LSN to wait for. Only while
     * {@link Replica#isServing()}.
     */
    record ClientReads(List<Long> readIds) implements Input {}

    /** All records of this log up to {@code lsn} are durable here. */
    record LogFlushed(long lsn) implements Input {}

    /** The truncation that {@link LogChange.Truncate} asked for is durable. */
    record LogTruncated(long lastLsn) implements Input {}

    /**
     * The answer to {@link LogQuery.Read}.
     *
     * @param range empty if the read failed in a way that may pass
     */
    record LogRead(LogQuery.Read question, Optional<LogRange> range) implements Input {}

    /** The metadata that {@link Ready#metadata} asked to save is durable. */
    record MetadataSaved(ReplicaMeta metadata) implements Input {}

    /** The Arbiter's answer to {@link ArbiterCall.Read}. */
    record ConfigRead(ArbiterCall.Read question, Optional<GridConfig> config) implements Input {}

    /** The Arbiter's answer to {@link ArbiterCall.CompareAndSet}, known or not. */
    record CasAnswered(GridConfig proposal, CasResult result) implements Input {}

    /** The Arbiter did not answer a call: nothing is known (P4). */
    record ArbiterSilent() implements Input {}

    /** The snapshot entries that {@link InstallStep.Add} gave have been taken. */
    record SnapshotAdded(int number) implements Input {}

    /** The snapshot is durable, in place, and what reads see from now on. */
    record SnapshotInstalled() implements Input {}

    /**
     * Durable data of this node, which is not primary, is damaged (P18). No other input will have an effect.
     *
     * @param what file, position, what was expected and found
     */
    record Damaged(String what) implements Input {}

    /** The clocks of this machine have drifted apart: no lease is what it seems (P29). */
    record ClockJumped() implements Input {}

    /** The node is to leave the role of primary to another, if it has it and there is one. */
    record HandOver() implements Input {}

    /** An operator says that {@code node} will not come back (P17). Of interest to a primary. */
    record Retire(NodeId node) implements Input {}

    /** The node closes: no further client input will come. */
    record Closing() implements Input {}
}
