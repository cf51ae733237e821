package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.core.replication.Input;
import io.kvgrid.core.replication.LogQuery;
import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRange;
import io.kvgrid.spi.persistence.LogReads;
import io.kvgrid.spi.persistence.PersistenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class LogReaderTest {
    private static final LogQuery.Read QUESTION = new LogQuery.Read(7, 3, 100);
    private static final LogRange FOUND = new LogRange(1, List.of());

    private final TestLoop loop = new TestLoop();
    private final CompletableFuture<LogRange> read = new CompletableFuture<>();
    private final List<String> calls = new ArrayList<>();
    private final List<Input> inputs = new ArrayList<>();
    private final List<Throwable> fatal = new ArrayList<>();
    private final LogReader reader = new LogReader(loop, Optional.of(new Reads()), inputs::add, fatal::add);

    @Test
    void whatWasFoundIsTold() {
        reader.execute(QUESTION);
        read.complete(FOUND);
        loop.run();

        assertThat(calls).containsExactly("read 3 100");
        assertThat(inputs).containsExactly(new Input.LogRead(QUESTION, Optional.of(FOUND)));
    }

    @Test
    void whatIsToBeKeptIsSaid() {
        reader.execute(new LogQuery.Keep(17));

        assertThat(calls).containsExactly("keep 17");
    }

    @Test
    void failureThatPassesIsAnAnswer() {
        reader.execute(QUESTION);
        read.completeExceptionally(new CompletionException(PersistenceException.retryable("busy", null)));
        loop.run();

        assertThat(inputs).containsExactly(new Input.LogRead(QUESTION, Optional.empty()));
        assertThat(fatal).isEmpty();
    }

    @Test
    void damageEndsTheUseOfThePersistence() {
        CorruptLogException damage = new CorruptLogException("a file at byte 17");
        reader.execute(QUESTION);
        read.completeExceptionally(new CompletionException(damage));
        loop.run();

        assertThat(fatal).containsExactly(damage);
        assertThat(inputs).isEmpty();
    }

    @Test
    void nobodyIsToldAfterTheEnd() {
        reader.execute(QUESTION);
        reader.end();
        read.complete(FOUND);
        loop.run();

        assertThat(inputs).isEmpty();
    }

    private final class Reads implements LogReads {
        @Override
        public CompletionStage<LogRange> read(long fromLsn, int maxBytes) {
            calls.add("read " + fromLsn + " " + maxBytes);
            return read;
        }

        @Override
        public void keepFrom(long lsn) {
            calls.add("keep " + lsn);
        }
    }
}
