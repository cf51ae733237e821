package io.kvgrid.arbiter.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class VoterLinksTest {
    /** A channel that waits longer each time takes 35 s for so many; a round of votes takes a second. */
    private static final int ATTEMPTS = 8;

    private static final Duration TIME = Duration.ofSeconds(25);

    @TempDir
    Path root;

    /**
     * The one voter that is left asks the others for their votes again and again, and so does not miss the one that comes back.
     * That one lags, so that it cannot lead: it is of no use to wait for it to ask.
     */
    @Test
    void oneThatIsAwayIsAskedForItsVoteUntilItIsBack() throws Exception {
        try (Voters voters = Voters.start(3, root)) {
            GridConfig first = Configs.first();
            assertThat(Voters.set(voters.any(), first)).isEqualTo(new CasResult.Applied(first));
            String lags = voters.addresses().get(2);
            voters.stop(lags);
            GridConfig second = Configs.after(first);
            RatisArbiter remains = voters.voter(0);
            assertThat(Voters.set(remains, second)).isEqualTo(new CasResult.Applied(second));
            voters.stop(voters.addresses().get(1));

            refuseConnections(lags, ATTEMPTS);
            voters.start(lags);

            GridConfig third = Configs.after(second);
            assertThat(Voters.set(remains, third)).isEqualTo(new CasResult.Applied(third));
        }
    }

    /** Returns after so many attempts to connect. */
    private static void refuseConnections(String address, int attempts) throws IOException {
        int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
        long end = System.nanoTime() + TIME.toNanos();
        try (ServerSocket socket = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < attempts; i++) {
                long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
                socket.setSoTimeout((int) Math.max(1, left));
                socket.accept().close();
            }
        }
    }
}
