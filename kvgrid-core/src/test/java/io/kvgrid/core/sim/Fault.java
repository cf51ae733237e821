package io.kvgrid.core.sim;

/** What can go wrong in a simulated grid. Each kind is counted where it takes effect. */
enum Fault {
    // network
    DROP,
    DELAY,
    DUPLICATE,
    REORDER,
    LATE_REPLAY,
    CORRUPT_FRAME,
    CONNECTION_RESET,
    FULL_SPLIT,
    ONE_WAY_SPLIT,
    PARTIAL_SPLIT,
    FLAPPING_LINK,
    BYTES_HELD_IN_SPLIT,
    // processes
    PRIMARY_CRASH,
    SECONDARY_CRASH,
    INSTANT_RESTART,
    CRASH_LOOP,
    TOTAL_CRASH,
    PAUSE,
    SUSPENSION,
    CLOCK_RATE,
    WALL_CLOCK_JUMP,
    GRACEFUL_LEAVE,
    LATE_JOIN,
    WIPED_DISK,
    // disks
    LOST_UNFORCED,
    KEPT_UNFORCED,
    SLOW_FORCE,
    STALLED_DISK,
    RETRYABLE_FAILURE,
    FATAL_FAILURE,
    // the Arbiter
    ARBITER_DELAY,
    ARBITER_UNAVAILABLE,
    ARBITER_CUT_OFF,
    CAS_UNKNOWN_APPLIED,
    CAS_UNKNOWN_LOST,
    CAS_DUPLICATE,
    // clients
    RETRY_AFTER_UNKNOWN,
    OVERLOAD,
    // later ones stand here, so that earlier seeds keep the faults they had: durable data that cannot be read any more
    DAMAGE_WHILE_RUNNING,
    DAMAGE_WHILE_STOPPED,
    /** Not a fault, but what has to follow from those two: another node's state in the place of what was damaged. */
    DAMAGE_REPAIRED,
    // reading the log back
    LOG_READ_FAILURE,
    SLOW_LOG_READ,
    LOG_DROPPED,
    BANDWIDTH_SQUEEZE,
    /** A stopped node's disk is replaced by an image of before its last start. */
    OLD_DISK_RESTORE,
    /** Two records of a stopped node's log have changed places: no checksum is wrong, but the chain is. */
    MISPLACED_BLOCKS,
    /** A node that never comes back. */
    PERMANENT_LOSS,
    /** All nodes but the first join at one moment, or all secondaries come back with empty disks at one. */
    MANY_JOINERS,
    /** Reads of the Arbiter show what was set some changes ago (P8). */
    ARBITER_ROLLED_BACK,
    /** Reads of the Arbiter show nothing (P8, P9). */
    ARBITER_WIPED,
    /** A second process with a node's id, and with a disk of its own (P7). */
    DUPLICATE_NODE_ID,
    /** A disk without room for seconds: every change is refused, retryably, until there is some. */
    FULL_DISK
}
