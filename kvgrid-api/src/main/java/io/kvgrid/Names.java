package io.kvgrid;

/** The one rule for names of grids, nodes and maps (X9). */
final class Names {
    private static final int MAX_LENGTH = 64;

    private Names() {}

    static void check(String what, String name) {
        if (!isValid(name)) {
            throw new IllegalArgumentException(what
                    + " must be 1 to 64 letters, digits, '.', '_' or '-', starting with a letter or digit, not \""
                    + name
                    + "\"");
        }
    }

    /** Whether it matches {@code [A-Za-z0-9][A-Za-z0-9._-]{0,63}}; asked for each name that comes in a message. */
    private static boolean isValid(String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH || !isLetterOrDigit(name.charAt(0))) {
            return false;
        }
        for (int i = 1; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!isLetterOrDigit(c) && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }
}
