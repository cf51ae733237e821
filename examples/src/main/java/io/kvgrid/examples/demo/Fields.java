package io.kvgrid.examples.demo;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A line of {@code key=value} pairs, taken apart. {@code -} stands for "not known", or for no names. */
public record Fields(Map<String, String> values) {
    /** Takes the pairs of {@code line}; its other words are ignored. */
    public static Fields parse(String line) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String word : line.split(" ", -1)) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                values.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return new Fields(values);
    }

    /**
     * The value of {@code key}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public String text(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("no '" + key + "' in " + values);
        }
        return value;
    }

    /** The value of {@code key}, a number. */
    public long number(String key) {
        return Long.parseLong(text(key));
    }

    /** The names between the commas. */
    public Set<String> names(String key) {
        return text(key).equals("-") ? Set.of() : new TreeSet<>(Set.of(text(key).split(",", -1)));
    }
}
