package io.kvgrid;

/**
 * The name of one member of a grid: 1 to 64 characters, letters, digits, {@code .}, {@code _} and {@code -}, the
 * first a letter or a digit, so that it can name a directory. Ordered as its text is.
 *
 * @param value the name
 */
public record NodeId(String value) implements Comparable<NodeId> {
    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if {@code value} is not a valid name
     */
    public NodeId {
        Names.check("node id", value);
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
