package io.kvgrid.examples.demo;

import io.kvgrid.GridNode;
import io.kvgrid.OperationFailedException;
import io.kvgrid.examples.shell.BadCommandException;
import io.kvgrid.examples.shell.Replies;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What a node of the demonstration does when told. The source, {@link UnicodeCharacter#codePoints}, is the same in
 * every process; commands name its characters by their place in it.
 *
 * <ul>
 *   <li>{@code view}: as in the shell
 *   <li>{@code load FROM END OUTSTANDING}: starts to insert these characters; {@code status} tells how far it is
 *   <li>{@code read N END}: reads N characters before END at random, linearizable; all must be there
 *   <li>{@code compare END}: compares this node's own copy with the characters before END
 *   <li>{@code lose KEY}: from now on this node's copy is read as if it had no such entry
 *   <li>{@code exit}
 * </ul>
 */
final class DemoCommands {
    private final GridNode<String, UnicodeCharacter> node;
    private final int[] source = UnicodeCharacter.codePoints().toArray();
    private final Random random = new Random();
    private final Set<String> lost = new HashSet<>();
    private @Nullable LoadTask load;

    DemoCommands(GridNode<String, UnicodeCharacter> node) {
        this.node = node;
    }

    /** The answer to one line; empty ends the session. */
    Optional<String> answer(String line) {
        String[] words = line.split(" ", -1);
        return switch (words[0]) {
            case "view" -> Optional.of(Replies.view(node.view()));
            case "load" -> Optional.of(load(number(words, 1), number(words, 2), number(words, 3)));
            case "status" -> Optional.of(load == null ? Replies.error("no load was started") : load.status());
            case "read" -> Optional.of(read(number(words, 1), number(words, 2)));
            case "compare" -> Optional.of(compare(number(words, 1)));
            case "lose" -> Optional.of("lost new=" + lost.add(words[1]));
            case "exit" -> Optional.empty();
            default -> throw new BadCommandException("unknown command '" + words[0] + "'");
        };
    }

    private String load(int from, int end, int outstanding) {
        load = new LoadTask(node, source, from, end, outstanding);
        load.start();
        return "loading n=" + (end - from);
    }

    private String read(int count, int end) {
        Map<Integer, CompletableFuture<Optional<UnicodeCharacter>>> reads = new HashMap<>();
        for (int i = 0; i < count; i++) {
            reads.computeIfAbsent(source[random.nextInt(end)], c -> node.get(UnicodeCharacter.key(c)));
        }
        int wrong = 0;
        int failed = 0;
        for (var read : reads.entrySet()) {
            try {
                boolean same = read.getValue().join().equals(Optional.of(UnicodeCharacter.of(read.getKey())));
                wrong += same ? 0 : 1;
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof OperationFailedException)) {
                    throw e;
                }
                failed++; // said in time that it could not be read: nothing wrong was shown
            }
        }
        return "read n=" + reads.size() + " wrong=" + wrong + " failed=" + failed;
    }

    private String compare(int end) {
        List<String> missing = new ArrayList<>();
        List<String> different = new ArrayList<>();
        for (int i = 0; i < end; i++) {
            String key = UnicodeCharacter.key(source[i]);
            UnicodeCharacter copy = lost.contains(key) ? null : node.peek(key);
            if (copy == null) {
                missing.add(key);
            } else if (!copy.equals(UnicodeCharacter.of(source[i]))) {
                different.add(key);
            }
        }
        return "compared n=" + end + " missing=" + names(missing) + " different=" + names(different);
    }

    private static String names(List<String> keys) {
        return keys.isEmpty() ? "-" : String.join(",", keys);
    }

    private static int number(String[] words, int index) {
        try {
            return Integer.parseInt(words[index]);
        } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
            throw new BadCommandException("'" + words[0] + "' needs a number as argument " + index);
        }
    }
}
