package io.kvgrid.examples.process;

import io.kvgrid.GridMap;
import io.kvgrid.OperationFailedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Inserts numbered entries on a thread of its own, each once, until its end or {@link #stop}. With a rate it does not
 * wait for answers before it goes on, as callers that know nothing of each other do not; a stall is then felt by all who
 * come meanwhile.
 */
final class Load {
    private final GridMap<String, String> map;
    private final NumberedEntries entries;
    private final AckJournal journal;
    private final int end;
    private final int outstanding;
    private final long intervalNanos;
    private final Semaphore room;
    private final WriteLog log = new WriteLog();
    private final Thread thread = new Thread(this::run, "load");
    private volatile int next;
    private volatile boolean stopped;

    /** @param perSecond how many inserts begin in a second; 0 for as many as {@code outstanding} lets through */
    Load(
            GridMap<String, String> map,
            NumberedEntries entries,
            AckJournal journal,
            int first,
            int end,
            int outstanding,
            int perSecond) {
        this.map = map;
        this.entries = entries;
        this.journal = journal;
        this.next = first;
        this.end = end;
        this.outstanding = outstanding;
        intervalNanos = perSecond == 0 ? 0 : 1_000_000_000L / perSecond;
        room = new Semaphore(outstanding);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        long due = System.nanoTime();
        try {
            for (int number = next; number < end && !stopped; number++) {
                due += intervalNanos;
                while (intervalNanos > 0 && due - System.nanoTime() > 0) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                room.acquire();
                insert(number);
                next = number + 1;
            }
            room.acquire(outstanding);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void insert(int number) {
        long sinceNanos = System.nanoTime();
        CompletableFuture<?> insert = map.insert(entries.key(number), entries.value(number));
        var unused = insert.whenComplete((ack, failure) -> ended(number, sinceNanos, failure));
    }

    private void ended(int number, long sinceNanos, @Nullable Throwable failure) {
        if (failure == null) {
            log.acknowledged(sinceNanos);
            journal.add(number);
        } else if (failure instanceof OperationFailedException ended) {
            log.failed(sinceNanos, ended.outcome());
        } else {
            throw new IllegalStateException("an insert failed without an outcome", failure);
        }
        room.release();
    }

    /** A node has left the in-sync set. */
    void memberRemoved() {
        log.memberRemoved();
    }

    /** Begins no more inserts, and waits until all that have begun have ended. */
    void stop() throws InterruptedException {
        stopped = true;
        thread.join();
    }

    /** How it is going, as {@code key=value} pairs. */
    String status() {
        boolean running = thread.isAlive(); // first: what is counted below is then complete
        return "load running=" + running + " begun=" + next + " " + log.report();
    }
}
