package io.kvgrid.persistence.file;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C, seeded where a salt ties the bytes to one file (S5, S9). */
final class Checksum {
    private Checksum() {}

    /** The checksum of {@code length} bytes from {@code start}. Positions do not move. */
    static int of(ByteBuffer bytes, int start, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(start, length));
        return (int) crc.getValue();
    }

    /** The same, with the eight bytes of {@code salt} before them. */
    static int salted(long salt, ByteBuffer bytes, int start, int length) {
        CRC32C crc = new CRC32C();
        for (int shift = 56; shift >= 0; shift -= 8) {
            crc.update((int) (salt >>> shift) & 0xFF);
        }
        crc.update(bytes.slice(start, length));
        return (int) crc.getValue();
    }
}
