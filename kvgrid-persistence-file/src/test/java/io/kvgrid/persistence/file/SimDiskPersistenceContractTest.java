package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.testkit.PersistenceContract;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** The contract over a disk that loses power, fails and holds back. */
class SimDiskPersistenceContractTest extends PersistenceContract {
    private SimDisk disk = new SimDisk();
    private int powerCuts;

    @Override
    protected Persistence persistence() {
        disk.inject(SimDisk.NONE);
        return FilePersistence.builder(Path.of("sim"))
                .segmentBytes(1 << 13)
                .disk(disk)
                .idle(Duration.ofDays(1))
                .build();
    }

    @Override
    protected boolean readsLog() {
        return true;
    }

    @Override
    protected Optional<Persistence> afterPowerLoss() {
        disk = disk.afterPowerCut(new Random(++powerCuts));
        return Optional.of(persistence());
    }

    @Override
    protected boolean damageRecords() {
        String first = disk.names().stream()
                .filter(name -> name.endsWith(".log"))
                .findFirst()
                .orElseThrow();
        byte[] bytes = disk.content(first);
        bytes[FileHeader.BYTES + GroupHeader.BYTES + 20] ^= 1;
        disk.damage(first, bytes);
        return true;
    }

    @Override
    protected boolean failNextWriteFatally() {
        disk.inject((number, call, name) -> {
            if (call == SimDisk.Call.WRITE) {
                throw new IOException("injected failure");
            }
        });
        return true;
    }

    /** Only the thread that forces waits: the disk answers all others meanwhile. */
    @Override
    protected Optional<HeldWrites> holdWrites() {
        SimDisk held = disk;
        CountDownLatch blocked = new CountDownLatch(1);
        AtomicBoolean released = new AtomicBoolean();
        held.inject((number, call, name) -> {
            while (call == SimDisk.Call.FORCE && !released.get()) {
                blocked.countDown();
                waitFor(held);
            }
        });
        return Optional.of(new HeldWrites() {
            @Override
            public void awaitBlocked() {
                await(blocked);
            }

            @Override
            public void release() {
                synchronized (held) {
                    released.set(true);
                    held.notifyAll();
                }
            }
        });
    }

    /** Called with the disk's lock, which it gives up meanwhile. */
    @SuppressWarnings("WaitNotInLoop") // the caller's
    private static void waitFor(SimDisk held) {
        synchronized (held) {
            try {
                held.wait();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
