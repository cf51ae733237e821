package io.kvgrid;

import java.util.regex.Pattern;

/**
 * The name of one member of a grid: 1 to 64 characters, letters, digits, {@code .}, {@code _} and {@code -}, the
 * first a letter or a digit, so that it can name a directory. Ordered as its text is.
 *
 * @param value the name
 */
public record NodeId(String value) implements Comparable<NodeId> {
    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if {@code value} is not a valid name
     */
    public NodeId {
        if (!VALID.matcher(value).matches()) {
            throw new IllegalArgumentException("node id must match " + VALID + ", but is \"" + value + "\"");
        }
    }

    @Override
    public int compareTo(NodeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
