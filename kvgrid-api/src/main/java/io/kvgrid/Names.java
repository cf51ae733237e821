package io.kvgrid;

import java.util.regex.Pattern;

/** The one rule for names of grids, nodes and maps (X9). */
final class Names {
    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private Names() {}

    static void check(String what, String name) {
        if (!VALID.matcher(name).matches()) {
            throw new IllegalArgumentException(what
                    + " must be 1 to 64 letters, digits, '.', '_' or '-', starting with a letter or digit, not \""
                    + name
                    + "\"");
        }
    }
}
