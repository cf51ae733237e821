package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.PersistenceException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The first sector of a segment and of a snapshot. Forced before the file is used, never changed. Big-endian.
 *
 * <pre>
 *  offset width field
 *       0     8 magic: "kvgridLG" for a segment, "kvgridSN" for a snapshot
 *       8     4 version 1
 *      12     4 feature bits, none defined: others are refused (S25)
 *      16     8 file id, as in the file's name
 *      24     8 salt: random, seeds every checksum of the file (S5)
 *      32     8 length of the file when it was first used; 0 for a snapshot
 *      40     4 CRC32C of bytes 0 to 39
 *      44       zeros up to 512
 * </pre>
 */
record FileHeader(long magic, long id, long salt, long length) {
    static final int BYTES = 512;
    static final long SEGMENT = 0x6B76_6772_6964_4C47L;
    static final long SNAPSHOT = 0x6B76_6772_6964_534EL;

    private static final int VERSION = 1;
    private static final int CRC = 40;

    ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.putLong(magic).putInt(VERSION).putInt(0).putLong(id).putLong(salt).putLong(length);
        bytes.putInt(Checksum.of(bytes, 0, CRC));
        return bytes.clear();
    }

    /**
     * Requires that {@code file} starts with the header of the file of that kind, id and salt.
     *
     * @return the file's header
     * @throws PersistenceException if a later version wrote it
     */
    static FileHeader check(DiskFile file, String path, long magic, long id, long salt) throws IOException, Damage {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        if (file.readFully(bytes, 0) < BYTES) {
            throw new Damage(path, 0, "a header of " + BYTES + " bytes", bytes.position() + " bytes");
        }
        int crc = Checksum.of(bytes, 0, CRC);
        if (bytes.getLong(0) != magic) {
            throw new Damage(path, 0, Long.toHexString(magic), Long.toHexString(bytes.getLong(0)));
        }
        if (bytes.getInt(CRC) != crc) {
            throw new Damage(path, CRC, Integer.toHexString(crc), Integer.toHexString(bytes.getInt(CRC)));
        }
        requireKnown(path, VERSION, bytes.getInt(8), bytes.getInt(12));
        if (bytes.getLong(16) != id || bytes.getLong(24) != salt) {
            throw new Damage(path, 16, "file id " + id + " and its salt", "file id " + bytes.getLong(16));
        }
        return new FileHeader(magic, id, salt, bytes.getLong(32));
    }

    /** Refuses what a later version wrote (S25). The checksum must have been found right before. */
    static void requireKnown(String path, int version, int found, int features) {
        if (found != version || features != 0) {
            throw PersistenceException.fatal(
                    path + " has format version " + found + " and feature bits " + Integer.toHexString(features)
                            + "; this build reads version " + version + " without any: use the build that wrote it",
                    null);
        }
    }
}
