package io.kvgrid.examples.demo;

import java.io.PrintStream;

/** A bar that grows in place on a terminal, and line by line, each tenth, elsewhere. */
public final class ProgressBar {
    private static final int WIDTH = 40;

    private final PrintStream out;
    private final boolean terminal;
    private final long total;
    private int shown = -1;

    /** A bar that is full at {@code total}. */
    public ProgressBar(PrintStream out, boolean terminal, long total) {
        this.out = out;
        this.terminal = terminal;
        this.total = total;
    }

    /** Shows that {@code done} of the total are done. */
    public void show(long done) {
        int filled = (int) (total == 0 ? WIDTH : done * WIDTH / total);
        int step = terminal ? 1 : WIDTH / 10;
        if (filled / step == shown / step && shown >= 0) {
            return;
        }
        shown = filled;
        String bar = "  [" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] " + done + " of " + total;
        out.print(terminal ? "\r" + bar : bar + "\n");
        out.flush();
    }

    /** Ends the line of the bar, so that something else can be printed. The next {@link #show} draws it again. */
    public void interrupt() {
        if (terminal && shown >= 0) {
            out.println();
            shown = -1;
        }
    }
}
