package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.CorruptLogException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store's directory and its manifest. Log thread only, but for {@link #newId} and {@link #manifest}. */
final class StoreFiles implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreFiles.class);
    private static final int MAX_MANIFEST_BYTES = 1 << 26;

    private final Disk disk;
    private final Executor background;
    private final Reserve reserve;
    private final AtomicLong nextId = new AtomicLong(1);
    private volatile Manifest manifest = Manifest.EMPTY;
    private CompletableFuture<Void> removal = CompletableFuture.allOf();
    private boolean published = true;

    /** @param background where files are deleted that are no longer referenced: that may take a while */
    StoreFiles(Disk disk, Executor background, Reserve reserve) {
        this.disk = disk;
        this.background = background;
        this.reserve = reserve;
    }

    /** The files of a store in the making: none of them counts before {@link #publish}. */
    static StoreFiles inTheMaking(Disk disk) {
        StoreFiles files = new StoreFiles(disk, Runnable::run, new Reserve(disk, 0));
        files.published = false;
        return files;
    }

    /**
     * Reads the manifest, or makes an empty store where there is none, and removes what is not referenced (S11, S13).
     *
     * @return the store's side file
     * @throws CorruptLogException if a file that must exist is missing or damaged
     */
    ReplicaMeta open() throws IOException {
        List<String> names = disk.list();
        try {
            if (!names.contains(FileNames.MANIFEST)) {
                return create(names);
            }
            if (!names.contains(FileNames.META)) {
                throw missing(FileNames.META, "the manifest exists");
            }
            readManifest(names);
            removeGarbage(names);
            return ReplicaMeta.open(disk);
        } catch (Damage e) {
            throw e.corrupt("it is durable before it is used");
        }
    }

    /**
     * The same for one who only looks: changes nothing.
     *
     * @throws NoSuchFileException if there is no store here
     * @throws CorruptLogException as {@link #open} does
     */
    ReplicaMeta look() throws IOException {
        List<String> names = disk.list();
        if (!names.contains(FileNames.MANIFEST)
                && names.stream().noneMatch(FileNames::isNumbered)
                && !names.contains(FileNames.META)) {
            throw new NoSuchFileException(disk.path(FileNames.MANIFEST), null, "there is no store here");
        }
        try {
            for (String name : List.of(FileNames.MANIFEST, FileNames.META)) {
                if (!names.contains(name)) {
                    throw missing(name, "other files of the store exist");
                }
            }
            readManifest(names);
            return ReplicaMeta.open(disk);
        } catch (Damage e) {
            throw e.corrupt("it is durable before it is used");
        }
    }

    private void readManifest(List<String> names) throws IOException, Damage {
        manifest = Manifest.decode(
                AtomicFile.read(disk, FileNames.MANIFEST, MAX_MANIFEST_BYTES), disk.path(FileNames.MANIFEST));
        nextId.set(manifest.nextId());
        for (String name : manifest.fileNames()) {
            if (!names.contains(name)) {
                throw missing(name, "the manifest names it"); // S13
            }
        }
    }

    /** The manifest comes last, so that without it nothing can have been stored yet. */
    private ReplicaMeta create(List<String> names) throws IOException, Damage {
        if (names.stream().anyMatch(FileNames::isNumbered)) {
            throw missing(FileNames.MANIFEST, "segments or snapshots exist");
        }
        removeGarbage(names);
        if (!names.contains(FileNames.META)) {
            ReplicaMeta.create(disk, Mark.NONE, BootId.current());
        }
        ReplicaMeta meta = ReplicaMeta.open(disk);
        if (!meta.untouched()) {
            meta.close();
            throw missing(FileNames.MANIFEST, "the side file has been used");
        }
        AtomicFile.replace(disk, FileNames.MANIFEST, manifest.encode());
        return meta;
    }

    private CorruptLogException missing(String name, String evidence) {
        return new CorruptLogException(disk.path(name) + " is missing although " + evidence + "; nothing was changed");
    }

    private void removeGarbage(List<String> names) throws IOException {
        Set<String> referenced = manifest.fileNames();
        for (String name : names) {
            if (FileNames.isLeftOver(name) || (FileNames.isNumbered(name) && !referenced.contains(name))) {
                disk.delete(name);
            }
        }
    }

    Disk disk() {
        return disk;
    }

    Reserve reserve() {
        return reserve;
    }

    /** Which files the store has now. A file that is dropped from it is deleted only afterwards. Any thread. */
    Manifest manifest() {
        return manifest;
    }

    /** A file id that was never used before in this store. Any thread. */
    long newId() {
        return nextId.getAndIncrement();
    }

    /**
     * Makes these the store's files, atomically and durably (S13); then removes files that are no longer referenced.
     * The files must be durable already, and all segments but the last one sealed.
     */
    void switchTo(@Nullable SnapshotInfo snapshot, List<SegmentInfo> segments) throws IOException {
        Manifest old = manifest;
        Manifest next = old.next(nextId.get(), snapshot, segments);
        if (published) {
            replaceManifest(next);
        }
        manifest = next;
        Set<String> dropped = old.fileNames();
        dropped.removeAll(next.fileNames());
        if (!dropped.isEmpty()) {
            removal = CompletableFuture.allOf(
                    removal, CompletableFuture.runAsync(() -> dropped.forEach(this::remove), background));
        }
    }

    /** Makes the store exist, with all that was switched to so far: its manifest comes last (S13). */
    void publish() throws IOException {
        rewrite();
        published = true;
    }

    /** Writes and forces the present manifest again. */
    void rewrite() throws IOException {
        replaceManifest(manifest);
    }

    private void replaceManifest(Manifest next) throws IOException {
        try {
            AtomicFile.replace(disk, FileNames.MANIFEST, next.encode());
        } catch (DiskFullException e) {
            if (!reserve.release()) {
                throw new IOException("there is no room for the manifest", e); // not retryable: files are half changed
            }
            AtomicFile.replace(disk, FileNames.MANIFEST, next.encode());
        }
    }

    /** Completes when what was no longer referenced so far has been removed, as far as the disk lets it. */
    CompletableFuture<Void> removal() {
        return removal;
    }

    /** Waits for the removal of files that are no longer referenced. */
    @Override
    public void close() {
        removal.join(); // heeds no interrupt (S17)
    }

    private void remove(String name) {
        try {
            disk.delete(name);
        } catch (IOException e) {
            LOG.warn("{} could not be removed; the next start tries again", disk.path(name), e);
        }
    }
}
