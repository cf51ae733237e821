package io.kvgrid.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/**
 * What {@link PersistenceContract} must know of the implementation it tests: one method that opens the test's store, and
 * one for each thing that not every implementation can do or show. A test that needs more than was declared is skipped,
 * and says so on standard output.
 */
public abstract class PersistenceSubject {
    private final List<Persistence> opened = new ArrayList<>();
    private String testName = "";

    /**
     * A persistence over this test's store. In each test the first call finds the store empty; later ones come after the
     * persistence before has been closed, and find what it left.
     */
    protected abstract Persistence persistence() throws Exception;

    /** Whether a store can be opened again once it was closed. */
    protected boolean survivesClose() {
        return true;
    }

    /** Whether a store that is open refuses to be opened a second time. */
    protected boolean refusesSecondOwner() {
        return false;
    }

    /** Whether {@link Persistence#logReads ranges of the log} can be read back. */
    protected boolean readsLog() {
        return false;
    }

    /**
     * Cuts the power: of what the last persistence was doing only what is durable remains. It is not used
     * again, but closed when the test has ended.
     *
     * @return a persistence over what is left; empty if this cannot be shown
     */
    protected Optional<Persistence> afterPowerLoss() throws Exception {
        return Optional.empty();
    }

    /**
     * Makes the next write of the open persistence, whatever call needs it, fail in a way that can be repeated.
     *
     * @return whether that can be done
     */
    protected boolean failNextWriteRetryably() {
        return false;
    }

    /**
     * Makes the next write of the open persistence fail for good.
     *
     * @return whether that can be done
     */
    protected boolean failNextWriteFatally() {
        return false;
    }

    /**
     * Damages records that the closed store holds durably, so that the next recovery must find it. Declare it only for a
     * store that can be given another node's state afterwards.
     *
     * @return whether that can be done
     */
    protected boolean damageRecords() throws Exception {
        return false;
    }

    /** Makes all writes of the open persistence wait until they are released; empty if that cannot be done. */
    protected Optional<HeldWrites> holdWrites() {
        return Optional.empty();
    }

    /** Writes that are held back. */
    public interface HeldWrites {
        /** Waits until a write has come as far as it can. */
        void awaitBlocked();

        /** Lets the writes go on. Idempotent. */
        void release();
    }

    @BeforeEach
    final void rememberName(TestInfo test) {
        testName = test.getTestMethod().map(Method::getName).orElse("");
    }

    @AfterEach
    final void closeAll() {
        opened.forEach(Persistence::close);
    }

    /** Opens and recovers the store, which must hold nothing. */
    final Persistence openEmpty() throws Exception {
        Persistence persistence = persistence();
        assertThat(open(persistence)).as("metadata of an empty store").isEmpty();
        RecoveredStore found = recover(persistence);
        assertThat(found.records()).as("records of an empty store").isEmpty();
        assertThat(found.state()).as("base of an empty store").isEmpty();
        return persistence;
    }

    final Optional<ByteBuffer> open(Persistence persistence) {
        opened.add(persistence);
        return persistence.open();
    }

    static RecoveredStore recover(Persistence persistence) {
        RecoveredStore found = new RecoveredStore();
        Stages.join(persistence.recover(found));
        return found;
    }

    /** Opens a store and checks what it holds. */
    final Persistence reopen(Persistence next, StoreModel expected) {
        open(next);
        expected.assertHeldBy(recover(next));
        return next;
    }

    /** Closes the persistence, opens the store again and checks what it holds. */
    final Persistence restart(Persistence before, StoreModel expected) throws Exception {
        before.close();
        return reopen(persistence(), expected);
    }

    /** The last step of a test that has shown most of what it is for without it. */
    final void restartIfItSurvives(Persistence before, StoreModel expected) throws Exception {
        if (survivesClose()) {
            restart(before, expected);
        } else {
            Capability.report("SKIPPED the last step of", getClass(), testName, "a store that survives close");
        }
    }

    /** Appends, waits, and tells the model. */
    static void append(Persistence persistence, StoreModel model, List<LogRecord> records) {
        Stages.join(persistence.append(records));
        model.append(records);
    }

    /** Says that all up to {@code lsn} is committed, and tells the model. */
    static void commit(Persistence persistence, StoreModel model, long lsn) {
        persistence.committed(lsn, () -> StoreModel.stateAt(lsn));
        model.committed(lsn);
    }

    static ByteBuffer bytes(String text) {
        return UTF_8.encode(text).asReadOnlyBuffer();
    }

    /** A call that may throw or give a stage that fails. */
    interface Call {
        CompletionStage<?> make();
    }

    /** What a call fails with, be it thrown or through its stage. */
    static Throwable failureOf(Call call) {
        CompletionStage<?> stage;
        try {
            stage = call.make();
        } catch (RuntimeException e) {
            return e;
        }
        return Stages.failureOf(stage);
    }

    final void needsSurvival() {
        needs(survivesClose(), "a store that survives close");
    }

    final Persistence needsPowerLoss() throws Exception {
        Optional<Persistence> next = afterPowerLoss();
        needs(next.isPresent(), "a simulated loss of power");
        return next.orElseThrow();
    }

    final void needsRetryableFailure() {
        needs(failNextWriteRetryably(), "an injected retryable failure");
    }

    final void needsFatalFailure() {
        needs(failNextWriteFatally(), "an injected fatal failure");
    }

    final HeldWrites needsHeldWrites() {
        Optional<HeldWrites> held = holdWrites();
        needs(held.isPresent(), "writes that can be held back");
        return held.orElseThrow();
    }

    final void needs(boolean capability, String what) {
        Capability.needs(getClass(), testName, capability, what);
    }
}
