package io.kvgrid.transport.netty;

/** Makes a stranger's text fit for one line of a log (X11). */
final class LogText {
    private static final int MAX_CHARS = 512;

    private LogText() {}

    /** {@code text} with all but printable characters of ASCII escaped, cut to 512 characters before that. */
    static String printable(String text) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), MAX_CHARS); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7f) {
                line.append(c);
            } else {
                line.append(String.format("\\u%04x", (int) c));
            }
        }
        return line.toString();
    }
}
