package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kvgrid.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The part of {@link TransportContract} on frames: whole, in order for each peer, dropped rather than waited for. */
public abstract class TransportFrameContract extends TransportConnectionContract {
    TransportFrameContract() {}

    @Test
    final void framesArriveWholeAndInOrder() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        connect(a, b);
        Random random = new Random(7);
        List<byte[]> sent = IntStream.range(0, 2000)
                .mapToObj(i -> {
                    byte[] frame = new byte[random.nextInt(i % 50 == 0 ? MAX_FRAME_BYTES + 1 : 300)];
                    random.nextBytes(frame);
                    return frame;
                })
                .toList();

        for (int i = 0; i < sent.size(); i++) {
            List<ByteBuffer> frame = List.of(ByteBuffer.wrap(sent.get(i)));
            while (!a.transport().send(b.id(), frame)) {
                assertThat(a.isConnected(b)).isTrue();
                b.awaitFrames(a, i);
            }
        }
        b.awaitFrames(a, sent.size());

        List<byte[]> received = b.frames(a);
        assertThat(received).hasSameSizeAs(sent);
        for (int i = 0; i < sent.size(); i++) {
            assertThat(Arrays.equals(received.get(i), sent.get(i)))
                    .as("frame %d", i)
                    .isTrue();
        }
    }

    @Test
    final void partsArriveAsOneFrameAndKeepTheirPositions() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        connect(a, b);
        ByteBuffer heap = ByteBuffer.wrap("__heap__".getBytes(StandardCharsets.UTF_8), 2, 4);
        ByteBuffer direct =
                ByteBuffer.allocateDirect(16).put(3, (byte) '+').position(3).limit(4);
        ByteBuffer readOnly = StandardCharsets.UTF_8.encode("only").asReadOnlyBuffer();
        ByteBuffer empty = ByteBuffer.allocate(0);

        assertThat(a.transport().send(b.id(), List.of(heap, direct, empty, readOnly)))
                .isTrue();
        b.awaitFrames(a, 1);

        assertThat(b.texts(a)).containsExactly("heap+only");
        assertThat(heap.position()).isEqualTo(2);
        assertThat(heap.remaining()).isEqualTo(4);
        assertThat(direct.position()).isEqualTo(3);
        assertThat(readOnly.position()).isZero();
    }

    @Test
    final void emptyAndLargestFramePassAndALargerOneIsRejected() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        connect(a, b);

        assertThat(a.transport().maxFrameBytes()).isEqualTo(MAX_FRAME_BYTES);
        assertThat(a.transport().send(b.id(), List.of())).isTrue();
        assertThat(a.transport().send(b.id(), List.of(ByteBuffer.allocate(MAX_FRAME_BYTES))))
                .isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> a.transport()
                        .send(b.id(), List.of(ByteBuffer.allocate(MAX_FRAME_BYTES), ByteBuffer.allocate(1))));
        b.awaitFrames(a, 2);

        assertThat(b.frames(a)).extracting(frame -> frame.length).containsExactly(0, MAX_FRAME_BYTES);
    }

    @Test
    final void sendWithoutConnectionReturnsFalse() {
        TransportNode a = node("a").start();

        assertThat(a.transport().send(new NodeId("nobody"), List.of())).isFalse();
    }

    @Test
    final void listenerMayAnswerFromItsCallbacks() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        b.onEachFrame((peer, frame) -> b.transport().send(peer, List.of(copy(frame))));
        connect(a, b);

        for (int i = 0; i < 100; i++) {
            assertThat(a.send(b, "ping " + i)).isTrue();
        }
        a.awaitFrames(b, 100);

        assertThat(a.texts(b).get(99)).isEqualTo("ping 99");
    }

    @Test
    final void fullQueueDropsFramesBlocksNobodyAndEmptiesInOrder() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        CountDownLatch released = new CountDownLatch(1);
        b.onEachFrame((peer, frame) -> awaitUninterruptibly(released));
        connect(a, b);
        byte[] frame = new byte[MAX_FRAME_BYTES];

        int taken = 0;
        long longestNanos = 0;
        boolean room = true;
        while (room) {
            long before = System.nanoTime();
            room = a.transport()
                    .send(
                            b.id(),
                            List.of(ByteBuffer.allocate(4).putInt(taken).flip(), ByteBuffer.wrap(frame, 4, 1000)));
            longestNanos = Math.max(longestNanos, System.nanoTime() - before);
            taken += room ? 1 : 0;
        }
        released.countDown();
        b.awaitFrames(a, taken);

        assertThat(TimeUnit.NANOSECONDS.toMillis(longestNanos)).isLessThan(1000);
        List<byte[]> received = b.frames(a);
        assertThat(received).hasSize(taken);
        for (int i = 0; i < taken; i++) {
            assertThat(ByteBuffer.wrap(received.get(i)).getInt()).isEqualTo(i);
        }
        assertThat(a.send(b, "room again")).isTrue();
    }

    @Test
    final void framesOfEachSendingThreadKeepTheirOrder() throws InterruptedException {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        connect(a, b);
        AtomicBoolean dropped = new AtomicBoolean();

        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(thread -> new Thread(() -> IntStream.range(0, 500).forEach(i -> {
                    if (!a.send(b, thread + " " + i)) {
                        dropped.set(true);
                    }
                })))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        b.awaitFrames(a, 2000);

        assertThat(dropped).isFalse();
        for (int thread = 0; thread < 4; thread++) {
            String prefix = thread + " ";
            assertThat(b.texts(a).stream().filter(text -> text.startsWith(prefix)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 500).mapToObj(i -> prefix + i).toList());
        }
    }

    private static ByteBuffer copy(ByteBuffer frame) {
        return ByteBuffer.allocate(frame.remaining()).put(frame).flip();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("not released");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
