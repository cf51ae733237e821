package io.kvgrid.spi.persistence;

/** Bytes that are not a valid record. Says which field, where, what was expected and what was found. */
public final class InvalidRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * @param field the name of the field
     * @param offset its offset from the record's first byte
     * @param expected what a valid record has there
     * @param found what is there
     */
    public InvalidRecordException(String field, int offset, String expected, String found) {
        super("invalid record: " + field + " at byte " + offset + ": expected " + expected + ", found " + found);
    }
}
