package io.kvgrid.arbiter.ratis;

import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.AtomicFileOutputStream;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;

/**
 * The grid's configuration as the log makes it: each entry is one compare-and-set, judged here by {@link
 * GridConfig#transition} (P3). Every voter comes to the same state from the same log: no clock, no chance, no setting is
 * looked at. Ratis calls it, one entry after the other.
 */
final class ConfigStateMachine extends BaseStateMachine {
    private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
    private final Consumer<GridConfig> onConfig;
    private volatile Optional<GridConfig> current = Optional.empty();

    /** @param onConfig told of each configuration in the order in which they are set, by the thread that sets them */
    ConfigStateMachine(Consumer<GridConfig> onConfig) {
        this.onConfig = onConfig;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage) throws IOException {
        getLifeCycle()
                .startAndTransition(
                        () -> {
                            super.initialize(server, groupId, raftStorage);
                            storage.init(raftStorage);
                            load(storage.getLatestSnapshot());
                        },
                        IOException.class);
    }

    /** The leader is about to send a snapshot. */
    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    /** It has come. */
    @Override
    public void reinitialize() throws IOException {
        load(storage.loadLatestSnapshot());
        if (getLifeCycleState() == LifeCycle.State.PAUSED) {
            getLifeCycle().transition(LifeCycle.State.STARTING);
            getLifeCycle().transition(LifeCycle.State.RUNNING);
        }
        current.ifPresent(onConfig);
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    /** On the leader: what is no command does not get into the log (X14). */
    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        TransactionContext transaction = super.startTransaction(request);
        try {
            ConfigFormat.readCommand(request.getMessage().getContent().asReadOnlyByteBuffer());
        } catch (MalformedArbiterMessageException e) {
            transaction.setException(e);
        }
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        ByteBuffer bytes = entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer();
        ByteBuffer answer;
        try {
            answer = apply(ConfigFormat.readCommand(bytes));
        } catch (MalformedArbiterMessageException e) {
            // a newer leader let it in: whoever cannot read it must stop, or the voters would differ for ever
            throw new IllegalStateException("entry " + entry.getIndex() + " of the Arbiter's log cannot be read", e);
        }
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        return CompletableFuture.completedFuture(Message.valueOf(ByteString.copyFrom(answer)));
    }

    private ByteBuffer apply(ConfigFormat.Command command) {
        return command instanceof ConfigFormat.Command.Change change
                ? ConfigFormat.result(apply(change))
                : ConfigFormat.state(current);
    }

    private CasResult apply(ConfigFormat.Command.Change command) {
        GridConfig proposal = command.proposal();
        @Nullable GridConfig present = current.orElse(null);
        if (proposal.equals(present)) {
            return new CasResult.Applied(proposal); // the same proposal again (P4)
        }
        long cv = present == null ? 0 : present.cv();
        Optional<String> refusal = cv == command.expectedCv()
                ? GridConfig.transition(present, proposal)
                : Optional.of("cv is " + cv + ", expected was " + command.expectedCv() + " (P1)");
        if (refusal.isPresent()) {
            return new CasResult.Refused(refusal.get(), current);
        }
        current = Optional.of(proposal);
        onConfig.accept(proposal);
        return new CasResult.Applied(proposal);
    }

    /**
     * Refuses. A leader of Ratis that has once confirmed an index answers further queries at that index without asking
     * anyone, also when another leads by now: not linearizable, whatever the setting says. Reads go through the log (S26).
     */
    @Override
    public CompletableFuture<Message> query(Message request) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("reads go through the log"));
    }

    /** Forced and renamed before it counts (S11): the log below it is dropped. */
    @Override
    public long takeSnapshot() throws IOException {
        TermIndex last = getLastAppliedTermIndex();
        if (last.getIndex() < 0) {
            return RaftLog.INVALID_LOG_INDEX;
        }
        File file = storage.getSnapshotFile(last.getTerm(), last.getIndex());
        try (AtomicFileOutputStream out = new AtomicFileOutputStream(file)) {
            ByteBuffer bytes = ConfigFormat.state(current);
            out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        }
        FileInfo info = new FileInfo(file.toPath(), MD5FileUtil.computeAndSaveMd5ForFile(file));
        storage.updateLatestSnapshot(new SingleFileSnapshotInfo(info, last));
        return last.getIndex();
    }

    private void load(@Nullable SingleFileSnapshotInfo snapshot) throws IOException {
        if (snapshot == null) {
            return;
        }
        File file = snapshot.getFile().getPath().toFile();
        MD5FileUtil.verifySavedMD5(file, snapshot.getFile().getFileDigest());
        current = ConfigFormat.readState(ByteBuffer.wrap(Files.readAllBytes(file.toPath())));
        setLastAppliedTermIndex(snapshot.getTermIndex());
    }
}
