package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.NodeId;
import io.kvgrid.PortInUseException;
import io.kvgrid.spi.transport.Transport;
import io.kvgrid.spi.transport.TransportSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link Transport} must do, sentence by sentence of the interface. A subclass says how to make one. The order
 * of the listener's calls is checked throughout, by {@link TransportNode}.
 */
@Timeout(60)
public abstract class TransportContract {
    private static final int MAX_FRAME_BYTES = 1 << 16;
    private static final int MAX_QUEUED_BYTES = 1 << 18;

    private final List<TransportNode> nodes = new ArrayList<>();

    /** A subclass is made anew for each test. */
    protected TransportContract() {}

    /** A new transport that has not been started. */
    protected abstract Transport create(TransportSettings settings);

    @AfterEach
    final void listenersWereCalledInOrderAndNoThreadIsLeft() {
        nodes.forEach(TransportNode::close);

        for (TransportNode node : nodes) {
            assertThat(node.violations()).as("calls of %s's listener", node).isEmpty();
            assertThat(threadsOf(node.id())).isEmpty();
        }
    }

    // Connections

    @Test
    final void connectedNodesHearOfEachOther() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();

        a.transport().connect(b.address());

        a.awaitConnected(b);
        b.awaitConnected(a);
    }

    @Test
    final void nodeWithoutPortConnectsToOthers() {
        TransportNode a = node("a", Optional.empty()).start();
        TransportNode b = node("b").start();

        a.transport().connect(b.address());

        a.awaitConnected(b);
        b.awaitConnected(a);
    }

    @Test
    final void transportWithoutListenAddressHasNone() {
        TransportNode a = node("a", Optional.empty());

        assertThat(a.transport().start(a)).isEmpty();
    }

    @Test
    final void startGivesTheRealPort() {
        TransportNode a = node("a").start();

        assertThat(a.address().getPort()).isPositive();
        assertThat(a.address().getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
    }

    @Test
    final void bothJudgeTheOthersHello() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();

        connect(a, b);

        assertThat(a.hellos()).contains("b " + b.bootId());
        assertThat(b.hellos()).contains("a " + a.bootId());
    }

    @Test
    final void refusedNodeLearnsTheReasonAndIsNotConnected() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start().refusing(hello -> Optional.of("another grid:\n\"orders\""));

        a.transport().connect(b.address());
        a.awaitRefusal();

        assertThat(a.refusals().get(0)).isEqualTo("another grid:\n\"orders\"");
        assertThat(a.connects(b)).isZero();
        assertThat(b.connects(a)).isZero();
    }

    @Test
    final void nodeThatConnectsMayRefuseToo() {
        TransportNode a = node("a").start().refusing(hello -> Optional.of("not you"));
        TransportNode b = node("b").start();

        a.transport().connect(b.address());
        b.awaitRefusal();

        assertThat(b.refusals().get(0)).isEqualTo("not you");
        assertThat(a.connects(b)).isZero();
        assertThat(b.connects(a)).isZero();
    }

    @Test
    final void bothMayRefuseAndBothLearnWhy() {
        TransportNode a = node("a").start().refusing(hello -> Optional.of("a says no"));
        TransportNode b = node("b").start().refusing(hello -> Optional.of("b says no"));

        a.transport().connect(b.address());
        a.awaitRefusal();
        b.awaitRefusal();

        assertThat(a.refusals().get(0)).isEqualTo("b says no");
        assertThat(b.refusals().get(0)).isEqualTo("a says no");
    }

    @Test
    final void longReasonIsCutTo512Characters() {
        String reason = "\u20ac".repeat(300) + "x".repeat(500); // three bytes each, then one
        TransportNode a = node("a").start();
        TransportNode b = node("b").start().refusing(hello -> Optional.of(reason));

        a.transport().connect(b.address());
        a.awaitRefusal();

        assertThat(reason).startsWith(a.refusals().get(0));
        assertThat(a.refusals().get(0)).hasSizeBetween(300, 512);
    }

    @Test
    final void refusedNodeIsConnectedOnceItIsAccepted() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start().refusing(hello -> Optional.of("not yet"));
        a.transport().connect(b.address());
        a.awaitRefusal();

        b.refusing(hello -> Optional.empty());

        a.awaitConnected(b);
        b.awaitConnected(a);
    }

    @Test
    final void peerThatStartsLaterIsConnected() {
        InetSocketAddress later = freeAddress();
        TransportNode a = node("a").start();
        a.transport().connect(later);

        TransportNode b = node("b", Optional.of(later)).start();

        a.awaitConnected(b);
    }

    @Test
    final void restartedPeerIsConnectedAgain() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        a.transport().connect(b.address());
        a.awaitConnected(b);

        b.close();
        a.awaitDisconnected(b);
        TransportNode again = node("b", Optional.of(b.address())).start();

        a.awaitConnected(again);
        again.awaitConnected(a);
        assertThat(again.send(a, "back")).isTrue();
        a.awaitFrames(again, 1);
    }

    @Test
    final void knownAddressIsIgnored() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();

        for (int i = 0; i < 10; i++) {
            a.transport().connect(b.address());
        }
        a.awaitConnected(b);

        assertThat(b.comesTrue(() -> b.connects(a) > 1, 200)).isFalse();
    }

    @Test
    final void ownAddressIsIgnored() {
        TransportNode a = node("a").start();
        a.transport().connect(a.address());
        TransportNode b = node("b").start();
        a.transport().connect(b.address());

        a.awaitConnected(b);

        assertThat(a.comesTrue(() -> a.connects(a) > 0, 200)).isFalse();
        assertThat(a.refusals()).isEmpty();
    }

    @RepeatedTest(25)
    final void nodesThatConnectAtOnceKeepOneConnection() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        TransportNode c = node("c").start();

        for (TransportNode from : nodes) {
            for (TransportNode to : nodes) {
                from.transport().connect(to.address());
            }
        }

        assertOneConnection(a, b);
        assertOneConnection(b, c);
        assertOneConnection(a, c);
    }

    /** What is sent on a connection that only one side keeps never arrives; so answers on both show that it is the same. */
    private static void assertOneConnection(TransportNode a, TransportNode b) {
        a.awaitConnected(b);
        b.awaitConnected(a);
        int heardByA = a.frameCount(b);
        int heardByB = b.frameCount(a);
        boolean both = false;
        for (int attempt = 0; attempt < 100 && !both; attempt++) {
            a.send(b, "from " + a);
            b.send(a, "from " + b);
            both = a.comesTrue(() -> a.frameCount(b) > heardByA, 100)
                    && b.comesTrue(() -> b.frameCount(a) > heardByB, 100);
        }
        assertThat(both).as("frames pass both ways between %s and %s", a, b).isTrue();
    }

    @Test
    final void anotherRunOfANodeReplacesTheOneBefore() {
        TransportNode b = node("b").start();
        TransportNode first = node("a", Optional.empty()).start();
        first.transport().connect(b.address());
        first.awaitConnected(b);
        first.transport().forget(b.address());
        b.awaitConnected(first);

        TransportNode second = node("a", Optional.empty()).start();
        second.transport().connect(b.address());

        first.awaitDisconnected(b);
        b.await("second run connected", () -> b.connects(second) == 2 && b.isConnected(second));
        second.awaitConnected(b);
        assertThat(second.send(b, "it is me")).isTrue();
        b.awaitFrames(second, 1);
    }

    @Test
    final void forgottenAddressIsNotConnectedAgain() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        connect(a, b);

        a.transport().forget(b.address());

        assertThat(a.comesTrue(() -> !a.isConnected(b), 100))
                .as("an open connection stays")
                .isFalse();
        b.transport().disconnect(a.id());
        a.awaitDisconnected(b);
        assertThat(a.comesTrue(() -> a.isConnected(b), 500)).isFalse();
    }

    @Test
    final void disconnectEndsTheConnectionOnBothSidesAndItMayBeOpenedAgain() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        connect(a, b);

        b.transport().disconnect(a.id());

        a.await("connected twice", () -> a.connects(b) == 2);
        b.await("connected twice", () -> b.connects(a) == 2);
    }

    @Test
    final void disconnectOfAStrangerDoesNothing() {
        TransportNode a = node("a").start();

        a.transport().disconnect(new NodeId("nobody"));

        assertThat(a.send(a, "x")).isFalse();
    }

    // Frames

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

    // Start and end

    @Test
    final void takenPortIsATypedErrorAndLeavesNothingBehind() {
        TransportNode a = node("a").start();
        TransportNode late = node("late", Optional.of(a.address()));

        assertThatThrownBy(late::start)
                .isInstanceOf(PortInUseException.class)
                .hasMessageContaining(Integer.toString(a.address().getPort()));

        assertThat(threadsOf(late.id())).isEmpty();
    }

    @Test
    final void foreignAddressIsATypedError() {
        // 192.0.2.0/24 is reserved for documentation (RFC 5737): no machine has it
        TransportNode a = node("a", Optional.of(new InetSocketAddress("192.0.2.1", 0)));

        assertThatThrownBy(a::start).isInstanceOf(PortInUseException.class).hasMessageContaining("192.0.2.1");
    }

    @Test
    final void closeIsHeardByPeersEndsThreadsAndFreesThePort() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        connect(a, b);

        b.close();

        a.awaitDisconnected(b);
        assertThat(b.isConnected(a)).as("the closing node is told too").isFalse();
        assertThat(threadsOf(b.id())).isEmpty();
        node("c", Optional.of(b.address())).start();
    }

    @Test
    final void closeIsIdempotentAndWorksBeforeStart() {
        TransportNode a = node("a");
        a.close();
        a.close();

        TransportNode b = node("b").start();
        b.close();
        b.close();

        assertThat(threadsOf(b.id())).isEmpty();
    }

    @Test
    final void closedTransportDoesNothing() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        b.close();

        b.transport().connect(a.address());
        b.transport().forget(a.address());
        b.transport().disconnect(a.id());

        assertThat(b.send(a, "x")).isFalse();
        assertThat(b.transport().start(b)).isEmpty();
        assertThat(a.comesTrue(() -> a.isConnected(b), 200)).isFalse();
    }

    @Test
    final void transportThatWasNotStartedHoldsNoThread() {
        TransportNode a = node("a");

        assertThat(threadsOf(a.id())).isEmpty();
    }

    private TransportNode node(String id) {
        return node(id, Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    private TransportNode node(String id, Optional<InetSocketAddress> listen) {
        NodeId nodeId = new NodeId(id);
        TransportNode node = new TransportNode(
                nodeId, create(new TransportSettings(nodeId, listen, MAX_FRAME_BYTES, MAX_QUEUED_BYTES)));
        nodes.add(node);
        return node;
    }

    private static void connect(TransportNode from, TransportNode to) {
        from.transport().connect(to.address());
        from.awaitConnected(to);
        to.awaitConnected(from);
    }

    private static List<String> threadsOf(NodeId id) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("kvgrid-" + id + "-"))
                .toList();
    }

    private static InetSocketAddress freeAddress() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
        } catch (IOException e) {
            throw new AssertionError(e);
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
