package io.kvgrid.arbiter.ratis;

import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.testkit.ArbiterContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Three voters over real sockets and files. Their deaths, pauses and losses are in RatisFailureTest. */
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
        return voters.client(clients++ % 3);
    }

    @Override
    protected int randomProposals() {
        return 30;
    }
}
