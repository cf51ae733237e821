package io.kvgrid.persistence.file;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files of a node's store, as its disk and its operator see them. */
public final class StoredFiles {
    private final Path directory;

    public StoredFiles(Path directory) {
        this.directory = directory;
    }

    /** The sealed segments that the manifest names now. */
    public List<String> sealedSegments() throws IOException {
        return new StoreReader(directory)
                .manifest().segments().stream()
                        .filter(SegmentInfo::sealed)
                        .map(SegmentInfo::fileName)
                        .toList();
    }

    /** The snapshot that the manifest names now, if there is one. */
    public List<String> snapshots() throws IOException {
        SnapshotInfo snapshot = new StoreReader(directory).manifest().snapshot();
        return snapshot == null ? List.of() : List.of(snapshot.fileName());
    }

    /** Changes some bits in the middle of the file's data, behind the node's back. */
    public void flip(String name) throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve(name).toFile(), "rw")) {
            long end = sealedEnd(name, file.length());
            long position = FileHeader.BYTES + (end - FileHeader.BYTES) / 2;
            file.seek(position);
            int found = file.read();
            file.seek(position);
            file.write(found ^ 0x41);
        }
    }

    private long sealedEnd(String name, long length) throws IOException {
        return new StoreReader(directory)
                .manifest().segments().stream()
                        .filter(segment -> segment.fileName().equals(name))
                        .mapToLong(SegmentInfo::end)
                        .findFirst()
                        .orElse(length);
    }

    /** What {@code kvgrid-log verify} prints of the store of a node that is closed, exit code first. */
    public List<String> verify() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = LogTool.run(new PrintWriter(out), new PrintWriter(err), "verify", directory.toString());
        List<String> lines = new ArrayList<>(List.of(Integer.toString(code)));
        (out.toString() + err).lines().forEach(lines::add);
        return lines;
    }
}
