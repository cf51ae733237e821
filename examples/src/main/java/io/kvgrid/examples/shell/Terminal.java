package io.kvgrid.examples.shell;

import java.io.Console;

/** Whether a human is at the other end. */
public final class Terminal {
    private Terminal() {}

    /** Whether standard input and output are both a terminal. */
    @SuppressWarnings("SystemConsoleNull") // what a console that is not null means differs between JDKs; see below
    public static boolean isAttached() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console); // JDK 22 and later
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
