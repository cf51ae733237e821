package io.kvgrid;

import org.jspecify.annotations.Nullable;

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

    // written out: configurations compare their members all the time
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NodeId that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
