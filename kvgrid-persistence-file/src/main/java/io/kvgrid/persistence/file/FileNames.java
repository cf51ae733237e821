package io.kvgrid.persistence.file;

import java.util.regex.Pattern;

/** The names in a store's directory. Files of any other name are not ours and are left alone. */
final class FileNames {
    static final String MANIFEST = "manifest";
    static final String META = "meta";
    static final String RESERVE = "reserve";

    /** What is being written and replaces another file, or becomes one, by a rename; garbage at the next start (S11). */
    static final String TEMPORARY = ".tmp";

    private static final int DIGITS = 10;
    private static final Pattern NUMBERED = Pattern.compile("\\d{10,19}\\.(log|snap)");
    private static final Pattern LEFT_OVER = Pattern.compile("(manifest|meta|reserve|\\d{10,19}\\.(log|snap))\\.tmp");

    private FileNames() {}

    static String segment(long id) {
        return number(id) + ".log";
    }

    static String snapshot(long id) {
        return number(id) + ".snap";
    }

    private static String number(long id) {
        String digits = Long.toString(id);
        return "0".repeat(Math.max(0, DIGITS - digits.length())) + digits;
    }

    static boolean isNumbered(String name) {
        return NUMBERED.matcher(name).matches();
    }

    /** Whether a file of that name is part of a store. */
    static boolean isStores(String name) {
        return name.equals(MANIFEST)
                || name.equals(META)
                || name.equals(RESERVE)
                || isNumbered(name)
                || isLeftOver(name);
    }

    static boolean isLeftOver(String name) {
        return LEFT_OVER.matcher(name).matches();
    }
}
