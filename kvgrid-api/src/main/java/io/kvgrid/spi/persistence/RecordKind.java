package io.kvgrid.spi.persistence;

/** What a log record does. The codes are part of the record format and are never renumbered. */
public enum RecordKind {
    /** Sets a key to a value. */
    PUT(1),
    /** Removes a key, whether it was there or not. */
    REMOVE(2),
    /** First record of an epoch; changes no key. */
    EPOCH_START(3),
    /** Changes no key; carries grid time. */
    NO_OP(4);

    private final int code;

    RecordKind(int code) {
        this.code = code;
    }

    /** The byte that stands for this kind in a record. */
    public int code() {
        return code;
    }

    /**
     * The kind with that code.
     *
     * @throws InvalidRecordException if no kind has it
     */
    static RecordKind of(int code) throws InvalidRecordException {
        return switch (code) {
            case 1 -> PUT;
            case 2 -> REMOVE;
            case 3 -> EPOCH_START;
            case 4 -> NO_OP;
            default -> throw new InvalidRecordException("kind", 3, "1 to 4", Integer.toString(code));
        };
    }
}
