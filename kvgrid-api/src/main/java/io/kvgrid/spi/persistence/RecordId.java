package io.kvgrid.spi.persistence;

/**
 * Names one record: the epoch it was written in, its LSN, and the checksum of its header. Epoch and LSN name one
 * byte string for ever (P10); the checksum, which covers the predecessor's too, proves it.
 *
 * @param epoch the epoch of the primary that wrote the record; 0 in {@link #NONE}
 * @param lsn the record's place in the log, from 1; 0 in {@link #NONE}
 * @param checksum CRC32C of the record's header, which covers the body's checksum and the predecessor's
 */
public record RecordId(long epoch, long lsn, int checksum) {
    /** The place before the first record. */
    public static final RecordId NONE = new RecordId(0, 0, 0);

    public RecordId {
        if (epoch < 0 || lsn < 0) {
            throw new IllegalArgumentException("epoch and lsn must not be negative: " + epoch + ", " + lsn);
        }
    }

    @Override
    public String toString() {
        return epoch + ":" + lsn + "#" + Integer.toHexString(checksum);
    }
}
