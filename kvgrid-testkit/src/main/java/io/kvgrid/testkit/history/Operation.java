package io.kvgrid.testkit.history;

/**
 * One operation on one key, as its client saw it. At one moment between its call and its return it looked at the key,
 * found what its guard says, and changed the key if it has an effect. Values are named by the write that set them; 0
 * is "no value".
 *
 * @param invoked when it was called, in nanoseconds
 * @param returned when it returned; {@link #NEVER} if its outcome is unknown: it may have happened at any time after
 *     the call, or may never happen
 * @param guard what it found
 * @param expected what the guard compares with
 * @param effect whether it changed the key, to {@code value}
 * @param value the write that it is; 0 for a removal
 * @param version the place that the grid says the change has among all changes; 0 if it has not said one. Who knows it
 *     knows that the change has happened
 */
public record Operation(
        long invoked, long returned, Guard guard, long expected, boolean effect, long value, long version) {
    /** The return of an operation whose outcome is unknown. */
    public static final long NEVER = Long.MAX_VALUE;

    /** What an operation found when it looked. */
    public enum Guard {
        /** Whatever the key held. */
        ANYTHING,
        /** The value it names. */
        EXPECTED,
        /** Another one than it names. */
        ANOTHER
    }

    /** A read that found {@code observed}. */
    public static Operation read(long invoked, long returned, long observed) {
        return look(invoked, returned, Guard.EXPECTED, observed);
    }

    /** A look at the key that changed nothing. */
    public static Operation look(long invoked, long returned, Guard guard, long expected) {
        return new Operation(invoked, returned, guard, expected, false, 0, 0);
    }

    /** A write that found anything. */
    public static Operation write(long invoked, long returned, long value) {
        return new Operation(invoked, returned, Guard.ANYTHING, 0, true, value, 0);
    }

    /** Whether it must have happened. */
    public boolean isCertain() {
        return returned != NEVER || version > 0;
    }

    /** Whether it can happen while the key holds {@code state}. */
    public boolean isPossible(long state) {
        return switch (guard) {
            case ANYTHING -> true;
            case EXPECTED -> state == expected;
            case ANOTHER -> state != expected;
        };
    }

    /** What the key holds after it happened. */
    public long after(long state) {
        return effect ? value : state;
    }

    @Override
    public String toString() {
        String look = guard == Guard.ANYTHING ? "" : (guard == Guard.EXPECTED ? "found " : "found not ") + expected;
        String change = (effect ? (look.isEmpty() ? "" : ", ") + (value == 0 ? "removed" : "wrote " + value) : "")
                + (version == 0 ? "" : " at " + version);
        return String.format("[%.3f ms, %s] %s%s", invoked / 1e6, end(), look, change);
    }

    private String end() {
        return returned != NEVER ? String.format("%.3f ms", returned / 1e6) : "unknown";
    }
}
