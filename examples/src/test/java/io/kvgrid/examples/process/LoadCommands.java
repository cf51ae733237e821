package io.kvgrid.examples.process;

import io.kvgrid.GridListener;
import io.kvgrid.GridNode;
import io.kvgrid.GridView;
import io.kvgrid.OperationFailedException;
import io.kvgrid.examples.shell.BadCommandException;
import io.kvgrid.examples.shell.BulkLoader;
import io.kvgrid.examples.shell.Replies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What a node under test does when told; every answer is a line of {@code key=value} pairs.
 *
 * <ul>
 *   <li>{@code view}: as in the shell
 *   <li>{@code progress}: of the recovery or join under way
 *   <li>{@code load FIRST END OUTSTANDING PER_SECOND}: starts to insert this node's entries
 *   <li>{@code status}: how the load is going
 *   <li>{@code stop}: ends the load, then as {@code status}
 *   <li>{@code bulk END OUTSTANDING}: starts to insert this node's entries before END, each until it is acknowledged
 *   <li>{@code bulk-status}: how that is going
 *   <li>{@code read NUMBER OWNER}: one linearizable read
 *   <li>{@code compare OWNER END JOURNAL}: this node's own copy of the entries before END with what they should be, and
 *       with what the journal says to be acknowledged
 *   <li>{@code frames}: the largest ones
 *   <li>{@code exit}
 * </ul>
 */
final class LoadCommands implements GridListener {
    private static final Duration BULK_PATIENCE = Duration.ofSeconds(30);

    private final GridNode<String, String> node;
    private final NumberedEntries own;
    private final AckJournal journal;
    private final MeasuredTransport transports;
    private volatile @Nullable Load load;
    private @Nullable BulkLoader<String> bulk;
    private int inSync;

    LoadCommands(GridNode<String, String> node, String id, AckJournal journal, MeasuredTransport transports) {
        this.node = node;
        this.own = new NumberedEntries(id);
        this.journal = journal;
        this.transports = transports;
        node.addListener(this);
    }

    @Override
    public void onChange(GridView view) {
        Load running = load;
        if (view.inSync().size() < inSync && running != null) {
            running.memberRemoved();
        }
        inSync = view.inSync().size();
    }

    /** The answer to one line; empty ends the session. */
    Optional<String> answer(String line) {
        String[] words = line.split(" ", -1);
        try {
            return switch (words[0]) {
                case "view" -> Optional.of(Replies.view(node.view()));
                case "progress" -> Optional.of(progress());
                case "load" ->
                    Optional.of(load(number(words, 1), number(words, 2), number(words, 3), number(words, 4)));
                case "status" -> Optional.of(started().status());
                case "stop" -> Optional.of(stop());
                case "bulk" -> Optional.of(bulk(number(words, 1), number(words, 2)));
                case "bulk-status" -> Optional.of(bulkStatus());
                case "read" -> Optional.of(read(number(words, 1), new NumberedEntries(words[2])));
                case "compare" ->
                    Optional.of(compare(new NumberedEntries(words[1]), number(words, 2), Path.of(words[3])));
                case "frames" -> Optional.of(transports.report());
                case "exit" -> Optional.empty();
                default -> throw new BadCommandException("unknown command '" + words[0] + "'");
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private String progress() {
        return node.view()
                .progress()
                .map(now -> "progress phase=" + now.phase().replace(' ', '_') + " records=" + now.records() + " bytes="
                        + now.bytes() + " estimated=" + now.estimatedRecords())
                .orElse("progress phase=-");
    }

    private String load(int first, int end, int outstanding, int perSecond) {
        Load fresh = new Load(node, own, journal, first, end, outstanding, perSecond);
        load = fresh;
        fresh.start();
        return fresh.status();
    }

    private Load started() {
        Load running = load;
        if (running == null) {
            throw new BadCommandException("no load was started");
        }
        return running;
    }

    private String stop() throws InterruptedException {
        started().stop();
        return started().status();
    }

    private String bulk(int end, int outstanding) {
        BulkLoader<String> loader = new BulkLoader<>(node, outstanding, BULK_PATIENCE);
        bulk = loader;
        Thread thread = new Thread(() -> bulk(loader, end), "bulk");
        thread.setDaemon(true);
        thread.start();
        return bulkStatus();
    }

    private void bulk(BulkLoader<String> loader, int end) {
        try {
            for (int number = 0; number < end; number++) {
                loader.add(own.key(number), own.value(number));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String bulkStatus() {
        BulkLoader<String> loader = bulk;
        if (loader == null) {
            throw new BadCommandException("no bulk load was started");
        }
        BulkLoader.Progress now = loader.progress();
        return "bulk acknowledged=" + now.acknowledged() + " failed=" + now.failed() + " repeated=" + now.repeated();
    }

    private String read(int number, NumberedEntries entries) {
        try {
            Optional<String> value = node.get(entries.key(number)).join();
            return "read outcome="
                    + (value.isEmpty() ? "none" : value.get().equals(entries.value(number)) ? "value" : "wrong");
        } catch (CompletionException e) {
            if (e.getCause() instanceof OperationFailedException failure) {
                return "read outcome=" + failure.outcome();
            }
            throw e;
        }
    }

    private String compare(NumberedEntries entries, int end, Path acknowledgements) throws IOException {
        BitSet acknowledged = AckJournal.read(acknowledgements);
        int present = 0;
        int wrong = 0;
        int lost = acknowledged.length() > end ? acknowledged.length() - end : 0;
        long digest = 0;
        for (int number = 0; number < end; number++) {
            String value = node.peek(entries.key(number));
            if (value == null) {
                lost += acknowledged.get(number) ? 1 : 0;
            } else {
                present++;
                wrong += value.equals(entries.value(number)) ? 0 : 1;
                digest += NumberedEntries.mixed(number);
            }
        }
        return "compared acknowledged=" + acknowledged.cardinality() + " lost=" + lost + " wrong=" + wrong + " present="
                + present + " digest=" + Long.toHexString(digest);
    }

    private static int number(String[] words, int index) {
        try {
            return Integer.parseInt(words[index]);
        } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
            throw new BadCommandException("'" + words[0] + "' needs a number as argument " + index);
        }
    }
}
