package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.message.WriteResult;
import io.kvgrid.spi.persistence.LogRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects what is to be done until {@link Replica#ready} takes it. */
final class Effects {
    private @Nullable ReplicaMeta metadata;
    private List<LogChange> log = new ArrayList<>();
    private List<InstallStep> install = new ArrayList<>();
    private List<LogRecord> apply = new ArrayList<>();
    private List<Completion> complete = new ArrayList<>();
    private List<ConfirmedRead> reads = new ArrayList<>();
    private List<Outbound> send = new ArrayList<>();
    private List<LogQuery> queries = new ArrayList<>();
    private List<ArbiterCall> arbiter = new ArrayList<>();
    private boolean viewChanged;
    private @Nullable String failure;

    void save(ReplicaMeta meta) {
        metadata = meta;
    }

    /** Appends of one turn become one call of the persistence. */
    void append(List<LogRecord> records) {
        if (!log.isEmpty() && log.get(log.size() - 1) instanceof LogChange.Append last) {
            last.records().addAll(records);
        } else {
            log.add(new LogChange.Append(new ArrayList<>(records)));
        }
    }

    void truncate(long lsn, List<LogRecord> dropped, List<LogRecord> remaining) {
        log.add(new LogChange.Truncate(lsn, dropped, remaining));
    }

    void install(InstallStep step) {
        install.add(step);
    }

    void apply(List<LogRecord> records) {
        apply.addAll(records);
    }

    void complete(Completion completion) {
        complete.add(completion);
    }

    void complete(io.kvgrid.OperationId operation, WriteResult result) {
        complete.add(new Completion(operation, result));
    }

    void confirm(List<Long> readIds) {
        for (Long id : readIds) {
            reads.add(new ConfirmedRead(id));
        }
    }

    void send(NodeId to, Envelope envelope, Message message) {
        send.add(new Outbound(to, envelope, message));
    }

    void query(LogQuery query) {
        queries.add(query);
    }

    void ask(ArbiterCall call) {
        arbiter.add(call);
    }

    void viewChanged() {
        viewChanged = true;
    }

    void fail(String reason) {
        if (failure == null) {
            failure = reason;
        }
    }

    List<LogRecord> applying() {
        return apply;
    }

    Ready take(@Nullable Tenure tenure, long commitLsn) {
        Ready ready = new Ready(
                tenure,
                Optional.ofNullable(metadata),
                taken(log),
                taken(install),
                taken(apply),
                commitLsn,
                taken(complete),
                taken(reads),
                taken(send),
                taken(queries),
                taken(arbiter),
                viewChanged,
                Optional.ofNullable(failure));
        metadata = null;
        log = emptied(log);
        install = emptied(install);
        apply = emptied(apply);
        complete = emptied(complete);
        reads = emptied(reads);
        send = emptied(send);
        queries = emptied(queries);
        arbiter = emptied(arbiter);
        viewChanged = false;
        return ready;
    }

    /** Most turns have little to do: a list that has stayed empty is kept, and not given away. */
    private static <T> List<T> taken(List<T> list) {
        return list.isEmpty() ? Collections.emptyList() : list;
    }

    private static <T> List<T> emptied(List<T> list) {
        return list.isEmpty() ? list : new ArrayList<>();
    }
}
