package io.kvgrid;

/**
 * Bounds that keep one caller from harming the grid.
 *
 * @param maxKeyBytes the longest encoded key
 * @param maxValueBytes the longest encoded value
 * @param maxInFlightOperations writes under way on one node before further ones are refused as overloaded
 * @param maxInFlightBytes their encoded size
 */
public record GridLimits(int maxKeyBytes, int maxValueBytes, int maxInFlightOperations, long maxInFlightBytes) {
    /** Keys of 32 KiB, values of 512 KiB, 65,536 writes or 64 MiB under way. */
    public static final GridLimits DEFAULT = new GridLimits(32 << 10, 512 << 10, 1 << 16, 64L << 20);

    /** A record must fit into one frame of 1 MiB, with room for what surrounds it. */
    private static final int MAX_KEY_AND_VALUE = (1 << 20) - (16 << 10);

    public GridLimits {
        if (maxKeyBytes < 1 || maxValueBytes < 0 || (long) maxKeyBytes + maxValueBytes > MAX_KEY_AND_VALUE) {
            throw new IllegalArgumentException(
                    "key and value together may have at most " + MAX_KEY_AND_VALUE + " bytes");
        }
        if (maxInFlightOperations < 1 || maxInFlightBytes < (long) maxKeyBytes + maxValueBytes) {
            throw new IllegalArgumentException("at least one write of the largest size must fit in flight");
        }
    }
}
