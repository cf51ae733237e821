package io.kvgrid.persistence.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes segment files: zero-filled, forced, with their header, so that an append writes over blocks that the file
 * system has placed already and its force has no metadata to write. The first of a run is small and each is twice as
 * large as the one before, so that a little store costs little. The next one is prepared in the background while the
 * present one fills. Called by the log thread.
 */
final class SegmentAllocator implements Closeable {
    static final long FIRST_BYTES = 1 << 20;

    private static final int STEP_BYTES = 1 << 20;
    private static final ByteBuffer ZEROS =
            ByteBuffer.allocateDirect(STEP_BYTES).asReadOnlyBuffer();

    private final StoreFiles files;
    private final LongSupplier salts;
    private final Executor background;
    private final SpaceBound bound;
    private final long smallestBytes;
    private long nextBytes;
    private @Nullable CompletableFuture<Segment> prepared;

    /** A new segment: its file holds the header and zeros. Nothing refers to it yet. */
    record Segment(long id, long salt, DiskFile file, long capacity) {
        SegmentWriter writer() {
            return new SegmentWriter(salt, file, FileHeader.BYTES, capacity);
        }
    }

    SegmentAllocator(StoreFiles files, LongSupplier salts, Executor background, SpaceBound bound) {
        this.files = files;
        this.salts = salts;
        this.background = background;
        this.bound = bound;
        this.smallestBytes = smallest(bound.segmentBytes());
        this.nextBytes = smallestBytes;
    }

    /** Starts to make the next segment, unless that was done already. */
    void prepare() {
        if (prepared == null) {
            prepared = start();
        }
    }

    private CompletableFuture<Segment> start() {
        long bytes = nextBytes;
        nextBytes = Math.min(2 * nextBytes, largest());
        return CompletableFuture.supplyAsync(() -> makeUnchecked(bytes), background);
    }

    /**
     * Gives a segment with room for at least {@code bytes} of groups; waits for it to be made.
     *
     * @throws DiskFullException if there is no room for it; nothing is left behind
     */
    Segment take(long bytes) throws IOException {
        CompletableFuture<Segment> made = prepared == null ? start() : prepared;
        prepared = null;
        try {
            Segment segment = await(made);
            if (segment.capacity() - FileHeader.BYTES >= bytes) {
                return segment;
            }
            discard(segment);
        } catch (DiskFullException e) {
            nextBytes = smallestBytes;
        }
        return make(Math.max(smallestBytes, FileHeader.BYTES + bytes));
    }

    /** The same, from the reserve if the disk is full: for what must be possible then (S15). */
    Segment takeUrgently(long bytes) throws IOException {
        try {
            return take(bytes);
        } catch (DiskFullException e) {
            if (!files.reserve().release()) {
                throw e;
            }
            return take(bytes);
        }
    }

    private long largest() {
        SnapshotInfo snapshot = files.manifest().snapshot();
        return bound.segmentBytes(snapshot == null ? 0 : snapshot.footer());
    }

    /** Size of the first segment of a run, if none is larger than {@code maxBytes}. */
    static long smallest(long maxBytes) {
        return Math.min(FIRST_BYTES, maxBytes);
    }

    /** Waits for what is being made in the background, and removes it. */
    @Override
    public void close() throws IOException {
        CompletableFuture<Segment> made = prepared;
        prepared = null;
        if (made != null) {
            try {
                discard(await(made));
            } catch (DiskFullException e) {
                return; // nothing was made
            }
        }
    }

    private static Segment await(CompletableFuture<Segment> made) throws IOException {
        try {
            return made.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof MakingFailedException failure) {
                throw failure.cause;
            }
            throw e;
        }
    }

    private void discard(Segment segment) throws IOException {
        segment.file().close();
        files.disk().delete(FileNames.segment(segment.id()));
    }

    private Segment makeUnchecked(long capacity) {
        try {
            return make(capacity);
        } catch (IOException e) {
            throw new MakingFailedException(e);
        }
    }

    private Segment make(long capacity) throws IOException {
        Disk disk = files.disk();
        long usable = disk.usableBytes();
        if (usable < capacity + Reserve.SLACK_BYTES) {
            throw new DiskFullException(disk.path(""), capacity, usable, null);
        }
        long id = files.newId();
        long salt = salts.getAsLong();
        String name = FileNames.segment(id);
        DiskFile file = disk.create(name);
        try {
            file.writeFully(new FileHeader(FileHeader.SEGMENT, id, salt, capacity).encode(), 0);
            fill(file, capacity);
            disk.force(); // S10
            return new Segment(id, salt, file, capacity);
        } catch (IOException e) {
            file.close();
            disk.delete(name);
            throw DiskFullException.orElse(e, disk, capacity); // nobody relies on the file yet (S16)
        }
    }

    /** In steps, each forced, so that an append's own force never waits behind much of it. */
    private static void fill(DiskFile file, long capacity) throws IOException {
        long position = FileHeader.BYTES;
        while (position < capacity) {
            int length = (int) Math.min(STEP_BYTES, capacity - position);
            file.writeFully(ZEROS.duplicate().limit(length), position);
            position += length;
            file.force(position == capacity);
        }
    }

    private static final class MakingFailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final IOException cause;

        MakingFailedException(IOException cause) {
            super(cause);
            this.cause = cause;
        }
    }
}
