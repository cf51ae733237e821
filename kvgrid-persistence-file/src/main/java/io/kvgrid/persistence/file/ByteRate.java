package io.kvgrid.persistence.file;

/**
 * How fast a background thread reads.
 *
 * @param bytesPerSecond at most
 */
record ByteRate(long bytesPerSecond) {
    static final ByteRate UNLIMITED = new ByteRate(Long.MAX_VALUE);

    ByteRate {
        if (bytesPerSecond <= 0) {
            throw new IllegalArgumentException("a rate is at least 1 byte per second: " + bytesPerSecond);
        }
    }

    /** How long reading that much takes at least. */
    long nanos(int bytes) {
        return (long) (bytes * 1e9 / bytesPerSecond);
    }
}
