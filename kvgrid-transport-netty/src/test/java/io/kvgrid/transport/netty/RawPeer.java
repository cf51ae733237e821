package io.kvgrid.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** Talks to a transport byte by byte, over a plain socket. */
final class RawPeer implements Closeable {
    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private final UUID nonce = UUID.randomUUID();
    private final DataInputStream in;

    RawPeer(InetSocketAddress address) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(address);
        in = new DataInputStream(socket.getInputStream());
    }

    /** As the transport's log names it. */
    String name() {
        return socket.getLocalSocketAddress().toString();
    }

    RawPeer send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    RawPeer send(FrameType type, List<ByteBuffer> payload) throws IOException {
        return send(bytes(type, payload));
    }

    /** Sends as many bytes as the transport takes before it closes, up to {@code bytes}. */
    void sendUntilClosed(byte[] bytes) throws IOException {
        try {
            send(bytes);
        } catch (SocketException e) {
            assertThat(e).hasMessageMatching(".*(reset|pipe|closed).*");
        }
    }

    static byte[] bytes(FrameType type, List<ByteBuffer> payload) {
        ByteBuf out = Unpooled.buffer();
        int length = payload.stream().mapToInt(ByteBuffer::remaining).sum();
        new FrameEncoder().encode(type, payload, length, out);
        return ByteBufUtil.getBytes(out);
    }

    RawPeer sendHello(NodeId id, UUID bootId) throws IOException {
        return send(FrameType.HELLO, HandshakeFormat.hello(nonce, StandardCharsets.UTF_8.encode(id + " " + bootId)));
    }

    RawPeer sendAccept(Frame hello, long ticket) throws IOException {
        return send(FrameType.ACCEPT, HandshakeFormat.accept(HandshakeFormat.nonce(hello), ticket));
    }

    RawPeer sendData(String text) throws IOException {
        return send(FrameType.DATA, List.of(StandardCharsets.UTF_8.encode(text)));
    }

    /** The next frame; it must be of {@code type}. */
    Frame read(FrameType type) throws IOException {
        Frame frame = read();
        assertThat(frame.type()).isEqualTo(type);
        return frame;
    }

    Frame read() throws IOException {
        assertThat(in.readInt()).isEqualTo(FrameFormat.MAGIC);
        assertThat(in.readByte()).isEqualTo(FrameFormat.VERSION);
        FrameType type = FrameType.of(in.readByte());
        assertThat(type).isNotNull();
        assertThat(in.readShort()).isZero();
        byte[] payload = new byte[in.readInt()];
        in.readInt();
        in.readFully(payload);
        return new Frame(type == null ? FrameType.PING : type, 0, Unpooled.wrappedBuffer(payload));
    }

    /** Reads the ACCEPT that answers this side's hello, and gives its ticket. */
    long readAccept() throws IOException {
        Frame accept = read(FrameType.ACCEPT);
        assertThat(HandshakeFormat.nonce(accept)).isEqualTo(nonce);
        return HandshakeFormat.ticket(accept);
    }

    /** Whether the transport has closed the connection within so many milliseconds; drops what it sent before. */
    boolean isClosedWithin(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            while (in.read() >= 0) {
                // what came before the end does not matter
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (EOFException | SocketException e) {
            return true;
        } finally {
            socket.setSoTimeout(TIMEOUT_MILLIS);
        }
    }

    void awaitClosed() throws IOException {
        assertThat(isClosedWithin(TIMEOUT_MILLIS))
                .as("connection closed by the transport")
                .isTrue();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
