package io.kvgrid.core.serialization;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Says in which lines of their descriptions two nodes differ, so that an operator can tell which class or id to change.
 */
public final class RegistrationDifference {
    private RegistrationDifference() {}

    /**
     * The difference as one line of text, such as {@code "only a has [100 com.acme.Order record:1b2c3d4e]; only b has
     * [100 com.acme.Order record:5f6a7b8c]"}.
     *
     * @param ownName what to call this node
     * @param own this node's description
     * @param peerName what to call the peer
     * @param peer what the peer's hello says of its description; what is not printable in its texts is replaced (X11)
     * @param maxChars the text is cut to this length
     * @return empty if the descriptions are equal, and only then
     */
    public static String describe(
            String ownName, List<String> own, String peerName, DescriptionDigest peer, int maxChars) {
        DescriptionDigest ownDigest = DescriptionDigest.of(own);
        if (ownDigest.matches(peer)) {
            return "";
        }
        boolean complete = peer.checksums().size() == peer.lineCount();
        Set<Integer> peerChecksums = new HashSet<>(peer.checksums());
        Set<Integer> ownChecksums = new HashSet<>(ownDigest.checksums());

        List<String> parts = new ArrayList<>();
        // What the peer's hello had no room for may be there after all, so nothing is said to be missing then.
        if (complete) {
            add(
                    parts,
                    ownName,
                    own,
                    own.size(),
                    i -> !peerChecksums.contains(ownDigest.checksums().get(i)));
        }
        add(
                parts,
                peerName,
                peer.texts(),
                peer.checksums().size(),
                i -> !ownChecksums.contains(peer.checksums().get(i)));
        if (parts.isEmpty()) {
            parts.add(
                    complete
                            ? "the same lines in another order"
                            : "a difference after line " + peer.checksums().size() + " of " + peer.lineCount());
        }
        return cut(printable(String.join("; ", parts)), maxChars);
    }

    private static void add(List<String> parts, String name, List<String> texts, int lines, IntPredicate missing) {
        int[] found = IntStream.range(0, lines).filter(missing).toArray();
        if (found.length == 0) {
            return;
        }
        List<String> known = IntStream.of(found)
                .filter(i -> i < texts.size())
                .mapToObj(texts::get)
                .toList();
        String more = known.size() == found.length ? "" : " and " + (found.length - known.size()) + " more";
        parts.add("only " + name + " has " + known + more);
    }

    private static String printable(String text) {
        return text.codePoints()
                .map(c -> Character.isLetterOrDigit(c) || (c >= ' ' && c <= '~') ? c : '?')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String cut(String text, int maxChars) {
        return text.length() <= maxChars ? text : text.substring(0, Math.max(0, maxChars - 3)) + "...";
    }
}
