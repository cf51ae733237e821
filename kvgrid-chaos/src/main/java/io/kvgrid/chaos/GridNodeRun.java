package io.kvgrid.chaos;

import io.kvgrid.chaos.history.Floors;

/** One run of a node: its process, and what that has shown. */
final class GridNodeRun {
    private final NodeProcess process;
    private final Floors floors = new Floors();
    private volatile boolean closing;

    GridNodeRun(NodeProcess process) {
        this.process = process;
    }

    String id() {
        return process.id();
    }

    NodeProcess process() {
        return process;
    }

    Floors floors() {
        return floors;
    }

    /** It was told to close: what it is asked from now on is answered by its end. */
    void closing() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }
}
