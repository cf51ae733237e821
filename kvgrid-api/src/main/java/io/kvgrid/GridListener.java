package io.kvgrid;

/** Hears of a node's state. Called on the grid's callback executor, one call at a time, in order. */
@FunctionalInterface
public interface GridListener {
    /** Role, epoch, primary, in-sync set or progress changed. */
    void onChange(GridView view);
}
