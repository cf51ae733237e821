package io.kvgrid.examples.demo;

/** The demonstration did not show what it should; the message says why. */
public final class DemoFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DemoFailedException(String message) {
        super(message);
    }
}
