package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.CorruptLogException;

/**
 * Bytes of a file that are not what was written there. Whether that is a torn end or lost data is for {@link Recovery}
 * to judge (S6). Says file, position, what was expected and what was found; never a key or a value (X11).
 */
final class Damage extends Exception {
    private static final long serialVersionUID = 1L;

    private final long position;

    Damage(String path, long position, String expected, String found) {
        super(path + " at byte " + position + ": expected " + expected + ", found " + found);
        this.position = position;
    }

    Damage(String path, long position, Exception cause) {
        super(path + " at byte " + position + ": " + cause.getMessage(), cause);
        this.position = position;
    }

    /** Where the file stops to be what was written. */
    long position() {
        return position;
    }

    /** @param evidence why these bytes must have been durable */
    CorruptLogException corrupt(String evidence) {
        return new CorruptLogException(getMessage() + " (" + evidence + "); nothing was cut", this);
    }
}
