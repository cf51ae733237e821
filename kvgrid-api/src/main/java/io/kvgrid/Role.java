package io.kvgrid;

/** What a node is in its grid at the moment. */
public enum Role {
    /** Recovering its data, looking for the grid, or catching up; serves nothing from its own copy. */
    JOINING,
    /** Holds a copy that every acknowledged write is in. */
    SECONDARY,
    /** Orders all writes. */
    PRIMARY,
    /** Stopped by itself: its disk failed, or a rule was broken. See the log; close it. */
    FAILED,
    /** Closed. */
    CLOSED
}
