package io.kvgrid.core.wire;

/**
 * Bytes that no correct member sends. Says which field, where, what was expected and what was found; shows numbers and
 * lengths, never bytes of the message, which may be part of a key or value (X11). Has no stack trace: a peer that sends
 * garbage must not cost more than the garbage (X4).
 */
public final class MalformedMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final int position;
    private final String expected;
    private final String found;

    MalformedMessageException(String field, int position, String expected, String found) {
        super(
                "malformed: " + field + " at byte " + position + ": expected " + expected + ", found " + found,
                null,
                false,
                false);
        this.field = field;
        this.position = position;
        this.expected = expected;
        this.found = found;
    }

    /** The name of the field, as the layouts name it. */
    public String field() {
        return field;
    }

    /** The field's offset in bytes from where decoding began. */
    public int position() {
        return position;
    }

    /** What a valid message has there. */
    public String expected() {
        return expected;
    }

    /** What is there. */
    public String found() {
        return found;
    }
}
