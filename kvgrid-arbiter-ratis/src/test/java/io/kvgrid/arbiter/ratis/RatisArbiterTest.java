package io.kvgrid.arbiter.ratis;

import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.testkit.ArbiterContract;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three voters over real sockets and files, in this JVM: one that is killed ends without a word to the others, and one that is
 * paused takes changes and applies none. Voters as processes, killed and stopped by signals, are in RatisVotersIT of the
 * examples; those that forget or are replaced in {@link VoterChangeTest}.
 */
@TestInstance(Lifecycle.PER_CLASS)
class RatisArbiterTest extends ArbiterContract {
    private SharedVoters voters;
    private int clients;

    @BeforeAll
    void startVoters(@TempDir Path root) throws IOException {
        voters = new SharedVoters(root);
    }

    @AfterAll
    void stopVoters() {
        voters.close();
    }

    @BeforeEach
    void beginGrid() throws IOException {
        voters.beginGrid();
    }

    @Override
    protected Arbiter client() {
        return client(Duration.ofSeconds(5));
    }

    @Override
    protected Arbiter client(Duration callLimit) {
        return voters.client(clients++ % 3, callLimit);
    }

    @Override
    protected boolean restartArbiter() throws IOException {
        voters.endAll();
        voters.startAll();
        return true;
    }

    /** Nobody is left to answer. */
    @Override
    protected boolean cutOff() {
        voters.endAll();
        return true;
    }

    @Override
    protected boolean killLeader() {
        voters.end(voters.leader());
        return true;
    }

    @Override
    protected boolean pauseLeader() {
        voters.pause(voters.leader());
        return true;
    }

    @Override
    protected void resumeLeader() {
        voters.resume();
    }

    @Override
    protected boolean notifies() {
        return true;
    }

    @Override
    protected int randomProposals() {
        return 30;
    }
}
