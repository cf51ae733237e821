package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Copies a store up to its first damage into a new one. The node's metadata stays behind: the copy may lack what the node
 * has acknowledged, so it must not pass for it (P18, S28). What was known to be committed behind the snapshot counts as
 * uncommitted in the copy. One thread.
 */
final class StoreRepair implements RecoveryHandler {
    private static final int BATCH = 1_000;

    private final FilePersistence copy;
    private final List<SnapshotEntry> entries = new ArrayList<>();
    private final List<LogRecord> records = new ArrayList<>();
    private @Nullable SnapshotInstallation installation;
    private ByteBuffer state = ByteBuffer.allocate(0);
    private RecordId last = RecordId.NONE;

    private StoreRepair(FilePersistence copy) {
        this.copy = copy;
    }

    /**
     * Copies what can be read to {@code target}, and says what that is.
     *
     * @return whether it is all
     * @throws CorruptLogException if the snapshot is damaged: no part of it can stand alone; nothing was copied
     * @throws FileAlreadyExistsException if {@code target} exists
     */
    static boolean copy(StoreReader source, Path target, PrintWriter out) throws IOException {
        source.verifySnapshot();
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        try (FilePersistence copy = FilePersistence.in(target)) {
            copy.open();
            StoreRepair repair = new StoreRepair(copy);
            join(copy.recover(repair)); // which finds nothing
            boolean all = repair.read(source, out);
            out.println("COPIED all up to " + repair.last + " to " + target);
            return all;
        }
    }

    private boolean read(StoreReader source, PrintWriter out) throws IOException {
        try {
            source.read(this);
            flush();
            return true;
        } catch (CorruptLogException e) {
            flush();
            out.println("DAMAGED " + e.getMessage());
            return false;
        }
    }

    @Override
    public void base(RecordId id, ByteBuffer newState) {
        installation = copy.installSnapshot();
        state = newState;
        last = id;
    }

    @Override
    public void entry(SnapshotEntry entry) {
        entries.add(entry);
        if (entries.size() == BATCH) {
            addEntries();
        }
    }

    @Override
    public void record(LogRecord record) {
        finishSnapshot();
        records.add(record);
        last = record.id();
        if (records.size() == BATCH) {
            appendRecords();
        }
    }

    @Override
    public void committed(long lsn) {
        // the copy cannot be told without the grid's state at that lsn
    }

    private void flush() {
        finishSnapshot();
        appendRecords();
    }

    private void addEntries() {
        if (installation != null && !entries.isEmpty()) {
            join(installation.add(List.copyOf(entries)));
            entries.clear();
        }
    }

    private void finishSnapshot() {
        if (installation != null) {
            addEntries();
            join(installation.commit(last, state));
            installation = null;
        }
    }

    private void appendRecords() {
        if (!records.isEmpty()) {
            join(copy.append(List.copyOf(records)));
            records.clear();
        }
    }

    private static void join(CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof PersistenceException failure ? failure : e;
        }
    }
}
