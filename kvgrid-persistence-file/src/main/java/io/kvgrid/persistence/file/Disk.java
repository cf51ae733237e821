package io.kvgrid.persistence.file;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * The handful of file operations that the store uses, in one flat directory, so that tests can fail them. Nothing is
 * durable before the matching force; creating, renaming and deleting are durable after {@link #force} (S10, S11). No
 * mapped memory (S18). Used by the library's own threads only, which nobody interrupts (S17).
 */
interface Disk {
    /** Creates the directory if it is missing and takes it for this process until the result is closed (S21). */
    Closeable acquire() throws IOException;

    /** The names of all files in the directory, sorted. */
    List<String> list() throws IOException;

    /** Makes a new empty file; fails if the name is taken. */
    DiskFile create(String name) throws IOException;

    /** Opens an existing file for reading and writing. */
    DiskFile open(String name) throws IOException;

    /** Gives the file another name, atomically; a file of that name is replaced. */
    void rename(String from, String to) throws IOException;

    /** Deletes the file if it exists. */
    void delete(String name) throws IOException;

    /** Forces the directory: what was created, renamed and deleted before is durable on return. */
    void force() throws IOException;

    /** Bytes that this process may still write; an estimate. */
    long usableBytes() throws IOException;

    /** The file as it should stand in messages. */
    String path(String name);
}
