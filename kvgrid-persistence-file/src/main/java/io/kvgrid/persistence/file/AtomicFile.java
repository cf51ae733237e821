package io.kvgrid.persistence.file;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Whole small files, replaced by a rename: after a crash the old or the new one is there, and nothing between (S11). */
final class AtomicFile {
    private AtomicFile() {}

    /**
     * Makes {@code content} the whole of the file; durable on return.
     *
     * @throws DiskFullException if there is no room for it; the file is as it was
     */
    static void replace(Disk disk, String name, ByteBuffer content) throws IOException {
        String temporary = name + FileNames.TEMPORARY;
        int length = content.remaining();
        disk.delete(temporary);
        try (DiskFile file = disk.create(temporary)) {
            file.writeFully(content, 0);
            file.force(true);
        } catch (IOException e) {
            throw DiskFullException.orElse(e, disk, length); // nobody relies on the temporary file yet (S16)
        }
        disk.rename(temporary, name);
        disk.force();
    }

    /** Reads the whole file. */
    static ByteBuffer read(Disk disk, String name, int maxBytes) throws IOException, Damage {
        try (DiskFile file = disk.open(name)) {
            if (file.size() > maxBytes) {
                throw new Damage(disk.path(name), 0, "at most " + maxBytes + " bytes", file.size() + " bytes");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.readFully(bytes, 0);
            return bytes.flip();
        }
    }
}
