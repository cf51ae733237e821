package io.kvgrid.chaos;

import java.util.List;
import java.util.stream.Stream;

/** What {@code from} sends does not arrive at {@code to}. */
record Cut(String from, String to) {
    /** Everything from {@code node} to each of {@code others}. */
    static List<Cut> from(String node, List<String> others) {
        return others.stream().map(other -> new Cut(node, other)).toList();
    }

    /** Everything to {@code node} from each of {@code others}. */
    static List<Cut> to(String node, List<String> others) {
        return others.stream().map(other -> new Cut(other, node)).toList();
    }

    /** Both. */
    static List<Cut> between(String node, List<String> others) {
        return Stream.concat(from(node, others).stream(), to(node, others).stream())
                .toList();
    }

    @Override
    public String toString() {
        return from + " to " + to;
    }
}
