package io.kvgrid.core.runtime;

/** The replica stops for good; the message says why and what to do. */
final class ReplicaFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReplicaFailedException(String reason) {
        super(reason);
    }
}
