package io.kvgrid.core.replication;

import io.kvgrid.spi.persistence.LogRecord;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Replica} needs done, to be carried out in this order in one go:
 *
 * <ol>
 *   <li>{@code tenure} is published before anything else, so that no reader trusts authority that has ended (P13).
 *   <li>{@code metadata} is handed to the persistence; the replica itself waits for {@link Input.MetadataSaved}.
 *   <li>{@code log}: for each change mark or unmark keys, then hand it to the persistence (P25).
 *   <li>{@code install}: steps of a snapshot being taken in.
 *   <li>{@code apply}: in LSN order, then clear each mark that names an LSN at or below {@code commitLsn} (P27).
 *   <li>{@code complete} and {@code reads}: futures complete elsewhere; their order is kept.
 *   <li>{@code send}: only now does the commit index travel. No message here claims that {@code log} is durable;
 *       acknowledgements come only from {@link Input.LogFlushed}.
 *   <li>{@code queries} of the log on disk, for other nodes; after {@code apply}, so that it is known to be committed.
 *   <li>{@code arbiter}.
 * </ol>
 *
 * @param tenure this node's authority; null if it has none
 * @param commitLsn this node's commit index: all of {@code apply}, and all before, is committed
 * @param viewChanged whether role, epoch, primary or in-sync set changed
 * @param failure why the replica stops for good; nothing else is to be done
 */
public record Ready(
        @Nullable Tenure tenure,
        Optional<ReplicaMeta> metadata,
        List<LogChange> log,
        List<InstallStep> install,
        List<LogRecord> apply,
        long commitLsn,
        List<Completion> complete,
        List<ConfirmedRead> reads,
        List<Outbound> send,
        List<LogQuery> queries,
        List<ArbiterCall> arbiter,
        boolean viewChanged,
        Optional<String> failure) {}
