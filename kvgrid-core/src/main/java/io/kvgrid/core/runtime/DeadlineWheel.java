package io.kvgrid.core.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the operations whose deadline has come: a hashed timing wheel (Varghese and Lauck, SOSP '87) whose lists run
 * through the operations themselves, so that adding and removing cost a few stores. It looks once every {@link
 * #TICK_NANOS}, and only while it holds something; an operation ends at the last look before its deadline, so at most
 * that much early and never late, unless its time was shorter. Used by the loop only.
 */
final class DeadlineWheel {
    static final int NONE = -1;
    static final long TICK_NANOS = 4_000_000;
    private static final int SLOTS = 512;

    private final Loop loop;
    private final Consumer<ClientOperation> expired;
    private final @Nullable ClientOperation[] slots = new @Nullable ClientOperation[SLOTS];
    private final long startNanos;
    /** The last tick looked at. */
    private long tick;

    private int size;
    private boolean ticking;

    /** @param expired called once for each operation that was not removed before; it has been removed by then */
    DeadlineWheel(Loop loop, Consumer<ClientOperation> expired) {
        this.loop = loop;
        this.expired = expired;
        this.startNanos = loop.nanoTime();
    }

    void add(ClientOperation operation) {
        if (size++ == 0) {
            tick = now(); // nothing to look at was missed
        }
        // the tick before the deadline, but one that is still to come
        long due = Math.max(tickOf(operation.deadlineNanos()), tick + 1);
        int slot = (int) (due & (SLOTS - 1));
        ClientOperation first = slots[slot];
        operation.wheelSlot = slot;
        operation.wheelNext = first;
        if (first != null) {
            first.wheelPrevious = operation;
        }
        slots[slot] = operation;
        if (!ticking) {
            ticking = true;
            scheduleLook();
        }
    }

    /** Forgets {@code operation}; nothing happens if it is not here. */
    void remove(ClientOperation operation) {
        int slot = operation.wheelSlot;
        if (slot == NONE) {
            return;
        }
        ClientOperation next = operation.wheelNext;
        ClientOperation previous = operation.wheelPrevious;
        if (previous == null) {
            slots[slot] = next;
        } else {
            previous.wheelNext = next;
        }
        if (next != null) {
            next.wheelPrevious = previous;
        }
        operation.wheelNext = null;
        operation.wheelPrevious = null;
        operation.wheelSlot = NONE;
        size--;
    }

    private void look() {
        long now = now();
        List<ClientOperation> due = new ArrayList<>();
        for (long at = Math.max(tick + 1, now - SLOTS + 1); at <= now; at++) {
            collect((int) (at & (SLOTS - 1)), now, due);
        }
        tick = now;
        for (ClientOperation operation : due) { // each may end others
            if (operation.wheelSlot != NONE) {
                remove(operation);
                expired.accept(operation);
            }
        }
        ticking = size > 0;
        if (ticking) {
            scheduleLook();
        }
    }

    private void collect(int slot, long now, List<ClientOperation> due) {
        for (ClientOperation at = slots[slot]; at != null; at = at.wheelNext) {
            if (tickOf(at.deadlineNanos()) <= now) { // others wait for a later turn of the wheel
                due.add(at);
            }
        }
    }

    private void scheduleLook() {
        long elapsed = loop.nanoTime() - startNanos;
        loop.schedule((Math.floorDiv(elapsed, TICK_NANOS) + 1) * TICK_NANOS - elapsed, this::look);
    }

    private long now() {
        return tickOf(loop.nanoTime());
    }

    private long tickOf(long nanos) {
        return Math.floorDiv(nanos - startNanos, TICK_NANOS);
    }
}
