package io.kvgrid.chaos;

/** The process of a node ended before it answered. */
final class NodeEndedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NodeEndedException(String node) {
        super("the process of node " + node + " ended");
    }
}
