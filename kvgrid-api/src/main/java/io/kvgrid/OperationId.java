package io.kvgrid;

import java.util.Locale;
import java.util.UUID;

/**
 * Names one write, for ever. A write repeated with the same id is applied at most once.
 *
 * @param clientId who issued it: a run of a node, or a part of one; random
 * @param number counts that run's writes, from 0
 */
public record OperationId(UUID clientId, long number) {
    public OperationId {
        if (number < 0) {
            throw new IllegalArgumentException("an operation number is not negative: " + number);
        }
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @throws IllegalArgumentException if {@code text} is not of the form {@code <uuid>-<number>}
     */
    public static OperationId parse(String text) {
        int dash = text.lastIndexOf('-');
        // a UUID's text has 36 characters; what follows the dash behind it is the number
        if (dash != 36) {
            throw new IllegalArgumentException("not an operation id, which reads <uuid>-<number>");
        }
        try {
            UUID client = UUID.fromString(text.substring(0, dash).toLowerCase(Locale.ROOT));
            return new OperationId(client, Long.parseLong(text.substring(dash + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not an operation id, which reads <uuid>-<number>", e);
        }
    }

    @Override
    public String toString() {
        return clientId + "-" + number;
    }
}
