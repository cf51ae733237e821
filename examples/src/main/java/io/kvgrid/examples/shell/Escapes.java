package io.kvgrid.examples.shell;

/** Keeps any text on one line: a line feed reads {@code \n}, a carriage return {@code \r}, a backslash {@code \\}. */
public final class Escapes {
    private Escapes() {}

    /** {@code text} on one line. */
    public static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    /**
     * The text that {@link #escape} was given.
     *
     * @throws BadCommandException for a backslash before anything but {@code n}, {@code r} or a backslash
     */
    public static String unescape(String line) {
        if (line.indexOf('\\') < 0) {
            return line;
        }
        StringBuilder text = new StringBuilder(line.length());
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            text.append(c == '\\' ? escaped(line, ++i) : c);
        }
        return text.toString();
    }

    private static char escaped(String line, int index) {
        char code = index < line.length() ? line.charAt(index) : ' ';
        return switch (code) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case '\\' -> '\\';
            default -> throw new BadCommandException("a backslash is written \\\\; only \\n, \\r and \\\\ are known");
        };
    }
}
