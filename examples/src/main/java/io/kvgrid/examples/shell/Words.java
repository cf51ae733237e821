package io.kvgrid.examples.shell;

import io.kvgrid.OperationId;
import java.util.Optional;

/** Takes a line apart, word by word. Blanks are spaces and tabs. */
final class Words {
    private final String line;
    private int position;

    Words(String line) {
        this.line = line;
    }

    /**
     * The next word.
     *
     * @throws BadCommandException naming {@code what} if there is none
     */
    String next(String what) {
        skipBlanks();
        int start = position;
        while (position < line.length() && !isBlank(line.charAt(position))) {
            position++;
        }
        if (start == position) {
            throw new BadCommandException("missing " + what);
        }
        return line.substring(start, position);
    }

    /**
     * All that follows the one blank behind the last word; may be empty.
     *
     * @throws BadCommandException naming {@code what} if not even that blank is there
     */
    String rest(String what) {
        if (position == line.length()) {
            throw new BadCommandException("missing " + what);
        }
        String rest = line.substring(position + 1);
        position = line.length();
        return rest;
    }

    /**
     * All that follows, without the blanks around it.
     *
     * @throws BadCommandException naming {@code what} if there is nothing
     */
    String text(String what) {
        skipBlanks();
        String text = line.substring(position).stripTrailing();
        if (text.isEmpty()) {
            throw new BadCommandException("missing " + what);
        }
        return text;
    }

    /** Takes {@code word} if it comes next. */
    boolean option(String word) {
        skipBlanks();
        int end = position + word.length();
        if (!line.startsWith(word, position) || (end < line.length() && !isBlank(line.charAt(end)))) {
            return false;
        }
        position = end;
        return true;
    }

    /** Takes {@code --id ID} if it comes next. */
    Optional<OperationId> operationId() {
        if (!option("--id")) {
            return Optional.empty();
        }
        try {
            return Optional.of(OperationId.parse(next("an operation id")));
        } catch (IllegalArgumentException e) {
            throw new BadCommandException(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Gives {@code result}.
     *
     * @throws BadCommandException if anything but blanks is left of the line
     */
    <T> T end(T result) {
        skipBlanks();
        if (position < line.length()) {
            throw new BadCommandException("unexpected '" + line.substring(position) + "'");
        }
        return result;
    }

    private void skipBlanks() {
        while (position < line.length() && isBlank(line.charAt(position))) {
            position++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
