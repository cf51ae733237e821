package io.kvgrid.chaos.network;

/** A command of the system failed, or is not there. */
final class SystemCommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SystemCommandException(String message) {
        super(message);
    }
}
