package io.kvgrid.chaos.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.InMemoryPersistence;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.testkit.RecoveredStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlowDiskTest {
    private final SlowDisk disk = new SlowDisk(InMemoryPersistence.create());

    @BeforeEach
    void open() {
        assertThat(disk.open()).isEmpty();
        RecoveryReport report =
                disk.recover(new RecoveredStore()).toCompletableFuture().join();
        assertThat(report).isNotNull();
    }

    @AfterEach
    void close() {
        disk.close();
    }

    @Test
    void callsTakeLongerAndKeepTheirOrder() {
        ConcurrentLinkedQueue<Integer> order = new ConcurrentLinkedQueue<>();
        disk.slowBy(Duration.ofMillis(20));
        long start = System.nanoTime();

        List<CompletableFuture<Boolean>> calls = List.of(save(order, 1), save(order, 2), save(order, 3));
        calls.forEach(CompletableFuture::join);

        assertThat(order).containsExactly(1, 2, 3);
        assertThat(disk.slowed()).isEqualTo(3);
        assertThat(System.nanoTime() - start)
                .isGreaterThanOrEqualTo(Duration.ofMillis(60).toNanos());

        disk.slowBy(Duration.ZERO);
        save(order, 4).join();
        assertThat(disk.slowed()).isEqualTo(3);
    }

    private CompletableFuture<Boolean> save(ConcurrentLinkedQueue<Integer> order, int number) {
        return disk.saveMetadata(ByteBuffer.wrap(new byte[] {1}))
                .toCompletableFuture()
                .thenApply(done -> order.add(number));
    }
}
