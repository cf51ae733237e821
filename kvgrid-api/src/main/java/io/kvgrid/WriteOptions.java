package io.kvgrid;

import java.time.Duration;
import java.util.Optional;

/** How one write is carried out. Immutable: each method gives changed options. */
public final class WriteOptions {
    /** The grid's timeout, a new operation id, no condition, no time to live. */
    public static final WriteOptions DEFAULT =
            new WriteOptions(Optional.empty(), Optional.empty(), Optional.empty(), Condition.NONE, 0);

    /** What must hold for the write to be applied; judged by the primary on the latest state before the write. */
    public enum Condition {
        /** Nothing. */
        NONE,
        /** The key has no value. */
        ABSENT,
        /** The key has a value. */
        PRESENT,
        /** The key has a value of exactly the given version. */
        VERSION
    }

    /** The longest time to live: a thousand years. */
    public static final Duration MAX_TIME_TO_LIVE = Duration.ofDays(365_000);

    /** The longest timeout: a year. */
    public static final Duration MAX_TIMEOUT = Duration.ofDays(365);

    private final Optional<OperationId> operationId;
    private final Optional<Duration> timeout;
    private final Optional<Duration> timeToLive;
    private final Condition condition;
    private final long version;

    private WriteOptions(
            Optional<OperationId> operationId,
            Optional<Duration> timeout,
            Optional<Duration> timeToLive,
            Condition condition,
            long version) {
        this.operationId = operationId;
        this.timeout = timeout;
        this.timeToLive = timeToLive;
        this.condition = condition;
        this.version = version;
    }

    /**
     * Repeats the operation of that id: applied at most once, however often it is sent. The grid remembers the last 1,024
     * operations of each client for ten minutes after its last write, at least; the repetition of an older one is refused, with
     * its outcome unknown as it was. A client id is one for many operations, which it numbers: within ten minutes 1,024 clients
     * may write, and others are refused with {@link OverloadedException}.
     */
    public WriteOptions operationId(OperationId id) {
        return new WriteOptions(Optional.of(id), timeout, timeToLive, condition, version);
    }

    /**
     * When the operation ends at the latest.
     *
     * @throws IllegalArgumentException if not above zero, or above {@link #MAX_TIMEOUT}
     */
    public WriteOptions timeout(Duration limit) {
        if (limit.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("a timeout has at most " + MAX_TIMEOUT.toDays() + " days");
        }
        return new WriteOptions(operationId, Optional.of(positive(limit)), timeToLive, condition, version);
    }

    /**
     * When the entry ends by itself, in grid time.
     *
     * @throws IllegalArgumentException if not above zero, or above {@link #MAX_TIME_TO_LIVE}
     */
    public WriteOptions timeToLive(Duration limit) {
        if (limit.compareTo(MAX_TIME_TO_LIVE) > 0) { // S24: grid time and time to live, added, must stay a time
            throw new IllegalArgumentException("a time to live has at most " + MAX_TIME_TO_LIVE.toDays()
                    + " days; leave it out for an entry that never ends");
        }
        return new WriteOptions(operationId, timeout, Optional.of(positive(limit)), condition, version);
    }

    /** Applies only if the key has no value; fails with {@link ConditionFailedException} otherwise. */
    public WriteOptions ifAbsent() {
        return new WriteOptions(operationId, timeout, timeToLive, Condition.ABSENT, 0);
    }

    /** Applies only if the key has a value. */
    public WriteOptions ifPresent() {
        return new WriteOptions(operationId, timeout, timeToLive, Condition.PRESENT, 0);
    }

    /** Applies only if the key's value was set by the write of that version. */
    public WriteOptions ifVersion(long expected) {
        return new WriteOptions(operationId, timeout, timeToLive, Condition.VERSION, expected);
    }

    public Optional<OperationId> operationId() {
        return operationId;
    }

    public Optional<Duration> timeout() {
        return timeout;
    }

    public Optional<Duration> timeToLive() {
        return timeToLive;
    }

    public Condition condition() {
        return condition;
    }

    /** The version that {@link Condition#VERSION} asks for; 0 otherwise. */
    public long version() {
        return version;
    }

    private static Duration positive(Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("a duration must be above zero: " + limit);
        }
        return limit;
    }
}
