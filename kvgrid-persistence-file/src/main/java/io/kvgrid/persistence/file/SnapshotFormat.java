package io.kvgrid.persistence.file;

/**
 * A snapshot file: the {@link FileHeader}, blocks of entries, and the footer, without which it does not exist (P33).
 * Each key stands in it once, in the order of its {@linkplain EntrySpill#partition partition}, and no removal does. Big-endian, checksums seeded with the file's salt.
 *
 * <pre>
 *  block                                         footer
 *  offset width field                            offset width field
 *       0     4 magic "kvSb"                          0     4 magic "kvSf"
 *       4     4 length of the entries in bytes        4     4 length of the state
 *       8     8 number of the block, from 0           8     8 number of blocks
 *      16     4 number of entries                    16     8 number of entries
 *      20     4 CRC32C of bytes 0 to 19              24    20 label: epoch 8, lsn 8, checksum 4
 *      24     4 CRC32C of the entries                44     4 CRC32C of bytes 0 to 43
 *      28       the entries                          48     4 CRC32C of the state
 *                                                    52       the state
 * </pre>
 */
final class SnapshotFormat {
    static final int BLOCK_MAGIC = 0x6B76_5362;
    static final int BLOCK_HEADER_BYTES = 28;
    static final int BLOCK_HEADER_CRC = 20;
    static final int FOOTER_MAGIC = 0x6B76_5366;
    static final int FOOTER_BYTES = 52;
    static final int FOOTER_CRC = 44;

    /** A block is not made larger than this, unless a single entry is. */
    static final int BLOCK_BYTES = 1 << 18;

    private SnapshotFormat() {}
}
