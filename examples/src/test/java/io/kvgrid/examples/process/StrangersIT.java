package io.kvgrid.examples.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is not a node and comes to the port of one gets a closed connection and one line in the log (X3, X4, X14). */
@Timeout(60)
class StrangersIT {
    private static final int READ_MILLIS = 20_000;
    private static final byte[] NOTHING = {};
    private static final byte[] TLS_HELLO = {0x16, 3, 1, 0, (byte) 0xf8, 1, 0, 0, (byte) 0xf4, 3, 3};
    private static final byte[] LARGE_LENGTH = {0x7f, -1, -1, -1, -1, -1, -1, -1};

    @TempDir
    private Path directory;

    @Test
    void nodeGoesOnWhateverComesToItsPort() throws Exception {
        byte[] random = new byte[4_096];
        new Random(7).nextBytes(random);
        byte[] http = "GET / HTTP/1.1\r\nHost: kvgrid\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        List<byte[]> strangers = List.of(http, TLS_HELLO, LARGE_LENGTH, random, NOTHING);
        try (ProcessGrid grid = new ProcessGrid(
                directory, List.of("a"), List.of("-Xmx64m", "-XX:+UseSerialGC"), Duration.ofSeconds(1))) {
            grid.start("a");
            grid.awaitReady("a");
            grid.ask("a", "load 0 100000000 16 500");
            long linesBefore = lines(grid);

            for (byte[] bytes : strangers) {
                int port = visit(grid.port("a"), bytes);
                String name = "127.0.0.1:" + port;
                await().until(() -> grid.logOf("a").contains(name));
            }

            assertThat(lines(grid) - linesBefore)
                    .as("lines in %s", grid.logOf("a"))
                    .isEqualTo(strangers.size());
            grid.awaitAcknowledged("a", grid.ask("a", "status").number("acknowledged") + 100);
            assertThat(grid.ask("a", "stop").number("acknowledged"))
                    .isEqualTo(grid.ask("a", "status").number("begun"));
        }
    }

    /** Connects, sends {@code bytes}, and reads until the node closes; with nothing to send, goes away at once. */
    private static int visit(int port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(READ_MILLIS);
            if (bytes.length > 0) {
                socket.getOutputStream().write(bytes);
                awaitEnd(socket.getInputStream());
            }
            return socket.getLocalPort();
        }
    }

    private static void awaitEnd(InputStream in) throws IOException {
        try {
            while (in.read() >= 0) {
                // the node may say hello before it sees with whom it speaks
            }
        } catch (SocketException e) {
            return; // reset: it was closed with bytes still unread
        }
    }

    private static long lines(ProcessGrid grid) throws IOException {
        return grid.logOf("a").lines().count();
    }
}
