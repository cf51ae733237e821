package io.kvgrid.examples.shell;

/** A line is not a command; the message says what would be. Answered with {@code error …}. */
public final class BadCommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BadCommandException(String message) {
        super(message);
    }
}
