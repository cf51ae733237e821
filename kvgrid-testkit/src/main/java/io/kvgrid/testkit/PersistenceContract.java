package io.kvgrid.testkit;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.RecordId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Proves that a {@link Persistence} does what its documentation says. Extend it, say how a store is opened, and declare
 * what the implementation can do beyond that:
 *
 * <pre>{@code
 * class MyPersistenceTest extends PersistenceContract {
 *     @TempDir
 *     Path directory;
 *
 *     @Override
 *     protected Persistence persistence() {
 *         return new MyPersistence(directory);
 *     }
 * }
 * }</pre>
 *
 * The tests cannot be overridden. Those that need something that was not declared are skipped, with a line on standard
 * output.
 */
public abstract class PersistenceContract extends PersistenceReadContract {
    /** Random calls, many outstanding, with restarts where the store survives them; half of them by loss of power where that can be shown. */
    @RepeatedTest(20)
    final void randomCallsLeaveWhatTheModelHolds(RepetitionInfo repetition) throws Exception {
        Random random = new Random(repetition.getCurrentRepetition());
        Persistence persistence = openEmpty();
        StoreModel model = new StoreModel();
        RecordChain chain = new RecordChain(RecordId.NONE);
        for (int round = 0; round < 4; round++) {
            List<CompletionStage<Void>> stages = new ArrayList<>();
            int calls = random.nextInt(120);
            for (int i = 0; i < calls; i++) {
                randomCall(random, persistence, model, chain, stages);
            }
            stages.forEach(Stages::join);
            if (!survivesClose()) {
                break;
            }
            Optional<Persistence> next = random.nextBoolean() ? afterPowerLoss() : Optional.empty();
            persistence = next.isPresent() ? reopen(next.get(), model) : restart(persistence, model);
        }
    }

    private static void randomCall(
            Random random,
            Persistence persistence,
            StoreModel model,
            RecordChain chain,
            List<CompletionStage<Void>> stages) {
        long last = model.last().lsn();
        switch (random.nextInt(40)) {
            case 0 -> {
                RecordId label = new RecordId(model.last().epoch() + 1, last + random.nextInt(1_000), random.nextInt());
                install(persistence, model, label, snapshot(random.nextInt(1_500), label.lsn()));
                chain.rewind(label);
            }
            case 1, 2, 3 -> {
                long keep = last - (long) (random.nextDouble() * (last - model.committed()));
                stages.add(persistence.truncateAfter(keep));
                model.truncateAfter(keep);
                chain.rewind(model.last());
            }
            case 4, 5, 6, 7, 8, 9 ->
                commit(persistence, model, last - (long) (random.nextDouble() * (last - model.committed())));
            case 10 -> stages.add(persistence.saveMetadata(bytes("metadata " + last)));
            default -> {
                List<LogRecord> records = mixed(chain, random.nextInt(100), 1 + random.nextInt(40));
                stages.add(persistence.append(records));
                model.append(records);
            }
        }
    }
}
