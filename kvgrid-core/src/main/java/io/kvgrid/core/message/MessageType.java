package io.kvgrid.core.message;

/** The wire code of each message. Codes are never renumbered and never used again. */
public enum MessageType {
    CONFIG_REQUEST(1),
    CONFIG_ANNOUNCE(2),
    JOIN_REQUEST(3),
    LEAVE(4),
    HEARTBEAT(5),
    HEARTBEAT_ACK(6),
    RECONCILE(7),
    RECONCILED(8),
    APPEND(9),
    APPEND_ACK(10),
    APPEND_REJECT(11),
    SNAPSHOT_CHUNK(12),
    SNAPSHOT_END(13),
    SNAPSHOT_ACK(14),
    WRITE_REQUEST(15),
    WRITE_REPLY(16),
    READ_REQUEST(17),
    READ_REPLY(18),
    ARBITER_REQUEST(19),
    ARBITER_REPLY(20),
    LEASE_REQUEST(21),
    LEASE_GRANT(22),
    HAND_OVER(23),
    STANDING(24),
    STATE_DIGEST(25);

    private final int code;

    MessageType(int code) {
        this.code = code;
    }

    /** The byte that stands for this type on the wire. */
    public int code() {
        return code;
    }

    /** Whether the message is judged without lineage, cv, epoch and boot ids: configuration and Arbiter calls (P5). */
    public boolean isExempt() {
        return switch (this) {
            case CONFIG_REQUEST, CONFIG_ANNOUNCE, ARBITER_REQUEST, ARBITER_REPLY -> true;
            default -> false;
        };
    }
}
