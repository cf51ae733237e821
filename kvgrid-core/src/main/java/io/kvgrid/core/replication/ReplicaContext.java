package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the parts of one replica share: who it is, its log, the configuration it follows, and what is to be done. */
final class ReplicaContext {
    final Member self;
    final ReplicaSettings settings;
    final Rules rules;
    final ReplicaState state;
    final CommittedState committed;
    /** Whether the log on disk can be read back. */
    final boolean readsLog;

    final Effects effects = new Effects();
    /** The nodes that a connection leads to, and which run of them. */
    final TreeMap<NodeId, UUID> connected = new TreeMap<>();

    /** Up to where readers of this process have seen the store before this replica began; LOCAL reads never go back. */
    final long shownLsn;

    private final RandomGenerator random;
    private @Nullable GridConfig config;
    private boolean member;
    private long flushedLsn;
    private long requests;
    private long logReads;
    private long keptLsn = Long.MAX_VALUE;
    /** What the store holds: the last committed record when the last {@link Ready} was taken. */
    RecordId applied;

    /** The newest grid time that a beacon carried (P36). */
    long heardGridTimeMillis;

    long nowNanos;

    ReplicaContext(
            Member self,
            ReplicaSettings settings,
            Rules rules,
            ReplicaState state,
            CommittedState committed,
            boolean readsLog,
            RandomGenerator random,
            long nowNanos) {
        this.self = self;
        this.settings = settings;
        this.rules = rules;
        this.state = state;
        this.committed = committed;
        this.readsLog = readsLog;
        this.random = random;
        this.nowNanos = nowNanos;
        flushedLsn = state.last().lsn(); // what recovery returns is durable
        applied = state.committed();
        shownLsn = committed.shownLsn();
    }

    @Nullable
    GridConfig config() {
        return config;
    }

    /** The configuration, which must be known. */
    GridConfig requireConfig() {
        if (config == null) {
            throw new IllegalStateException("no configuration yet");
        }
        return config;
    }

    void config(GridConfig newer) {
        config = newer;
        member = newer.members().contains(self);
    }

    /** Whether S names this very run. */
    boolean isMember() {
        return member;
    }

    long flushedLsn() {
        return flushedLsn;
    }

    void flushedLsn(long lsn) {
        flushedLsn = lsn;
    }

    UUID newNonce() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    /** Numbers the write requests of this run, whatever role it has meanwhile. */
    long newRequestNumber() {
        return ++requests;
    }

    /** Has the log on disk read; {@link Input.LogRead} brings the answer. */
    LogQuery.Read readLog(long fromLsn, int maxBytes) {
        LogQuery.Read question = new LogQuery.Read(++logReads, fromLsn, maxBytes);
        effects.query(question);
        return question;
    }

    /** Has the log on disk kept from {@code lsn} on (P34); {@code Long.MAX_VALUE} for none of it. */
    void keepLog(long lsn) {
        if (lsn != keptLsn) {
            keptLsn = lsn;
            effects.query(new LogQuery.Keep(lsn));
        }
    }

    boolean isConnected(NodeId peer) {
        return connected.containsKey(peer);
    }

    /** Sends to a connected peer; without a connection the message would be lost anyway. */
    void send(NodeId to, Message message) {
        UUID toBoot = connected.get(to);
        if (toBoot != null) {
            GridConfig present = config;
            effects.send(
                    to,
                    new Envelope(
                            present == null ? Envelope.NO_ID : present.lineageId(),
                            present == null ? 0 : present.cv(),
                            present == null ? 0 : present.epoch(),
                            self.bootId(),
                            toBoot),
                    message);
        }
    }

    /** Whether readers of this process, who may have seen a state that was damaged since, see nothing older (P18). */
    boolean hasComeAsFar() {
        return state.commitLsn() >= shownLsn;
    }

    /** Whether {@code nanos} have passed since {@code sinceNanos}. */
    boolean hasPassed(long sinceNanos, long nanos) {
        return nowNanos - sinceNanos >= nanos;
    }

    /** Moves the commit index and hands what became committed to the store. */
    List<LogRecord> commit(long lsn) {
        List<LogRecord> records = state.commit(lsn);
        effects.apply(records);
        return records;
    }
}
