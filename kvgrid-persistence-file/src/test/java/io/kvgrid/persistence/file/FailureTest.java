package io.kvgrid.persistence.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.persistence.file.Script.State;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every call of a scripted run fails once (S2, S16, S19); what is acknowledged stays, and nothing is acknowledged after. */
class FailureTest {
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    @Test
    void everyCallMayFail() {
        SimDisk counting = new SimDisk();
        Script.run(counting);
        int calls = counting.calls();
        Map<SimDisk.Call, Integer> injected = new EnumMap<>(SimDisk.Call.class);
        for (int call = 1; call <= calls; call++) {
            SimDisk disk = new SimDisk();
            failOnce(disk, call, injected);
            Script script = Script.run(disk);
            disk.inject(SimDisk.NONE);

            State given;
            SimDisk left;
            try (SimStore store = SimStore.open(disk)) { // the cache holds what the disk does not
                given = State.of(store);
                script.requirePossible(given, "failure at call " + call);
                left = disk.afterPowerCut(new Random(call));
            }
            try (SimStore store = SimStore.open(left)) {
                assertThat(State.of(store))
                        .as("S3 after a failure at call " + call)
                        .isEqualTo(given);
            }
        }
        System.out.println("INJECTED failures " + injected);
        assertThat(injected).hasSize(SimDisk.Call.values().length);
    }

    /** Each write takes only a part once; the rest follows (S19). */
    @Test
    void everyWriteMayBeShort() {
        SimDisk counting = new SimDisk();
        Script.run(counting);
        int calls = counting.calls();
        int injected = 0;
        for (int call = 1; call <= calls; call++) {
            SimDisk disk = new SimDisk();
            int[] cut = new int[1];
            int number = call;
            disk.inject((now, kind, name) -> {
                boolean is = now == number && kind == SimDisk.Call.WRITE;
                cut[0] += is ? 1 : 0;
                disk.shortWrites(is ? 1 : Integer.MAX_VALUE);
            });
            Script script = Script.run(disk);
            injected += cut[0];
            disk.inject(SimDisk.NONE);
            disk.shortWrites(Integer.MAX_VALUE);
            SimDisk left = disk.afterPowerCut(new Random(call));
            script.requirePossible(stateOf(left), "a short write at call " + call);
        }
        System.out.println("INJECTED short writes: " + injected);
        assertThat(injected).isGreaterThan(100);
    }

    /** Each call meets a disk that has become full, and stays so until the next run of the store (S15, S16). */
    @Test
    void diskMayBeFullAtEveryCall() {
        SimDisk counting = new SimDisk();
        Script.run(counting);
        int calls = counting.calls();
        int injected = 0;
        for (int call = 1; call <= calls; call++) {
            SimDisk disk = new SimDisk();
            int number = call;
            disk.inject((now, kind, name) -> {
                if (now == number) {
                    disk.capacity(0);
                }
            });
            Script script = Script.run(disk);
            injected += disk.refusals() > 0 ? 1 : 0;
            disk.inject(SimDisk.NONE);
            disk.capacity(Long.MAX_VALUE);
            script.requirePossible(stateOf(disk.copy()), "a full disk at call " + call);
            script.requirePossible(stateOf(disk.afterPowerCut(new Random(call))), "a full disk, power cut, at " + call);
        }
        System.out.println("INJECTED full disks: at " + calls + " calls, met by a write after " + injected);
        assertThat(injected).isGreaterThan(calls / 2);
    }

    private static State stateOf(SimDisk disk) {
        BareStore store = BareStore.open(disk);
        return State.of(store.recovered, store.metadata);
    }

    /** The promises that {@code open} returns are durable by then, even if no recovery follows (S3, P24). */
    @Test
    void metadataThatWasReadIsDurableEvenIfTheRunBeforeFailed() {
        for (int call = 1; call <= 4; call++) { // both slots, written and forced
            SimDisk disk = new SimDisk();
            SimStore first = SimStore.open(disk);
            SimStore.get(first.persistence.saveMetadata(UTF_8.encode("old")));
            failOnce(disk, call, new EnumMap<>(SimDisk.Call.class));
            first.persistence.saveMetadata(UTF_8.encode("new")).exceptionally(e -> null);
            first.close();
            disk.inject(SimDisk.NONE);

            Optional<ByteBuffer> given;
            SimDisk left;
            FilePersistence opened =
                    FilePersistence.builder(Path.of("sim")).disk(disk).build();
            try (opened) {
                given = opened.open();
                left = disk.afterPowerCut(new Random(call));
            }

            try (SimStore again = SimStore.open(left)) {
                assertThat(again.metadata).as("failure at call " + call).isEqualTo(given);
            }
        }
    }

    @Test
    void noCallIsAcknowledgedAfterAFailedForce() {
        SimDisk disk = new SimDisk();
        try (SimStore store = SimStore.open(disk)) {
            Chain chain = new Chain();
            SimStore.get(store.persistence.append(chain.puts(1, 10)));
            failOnce(disk, SimDisk.Call.FORCE);

            var first = store.persistence.append(chain.puts(1, 10)).toCompletableFuture();
            var second = store.persistence.append(chain.puts(1, 10)).toCompletableFuture();
            var third = store.persistence.truncateAfter(1).toCompletableFuture();

            assertThat(first).failsWithin(TEN_SECONDS);
            assertThat(second).failsWithin(TEN_SECONDS);
            assertThat(third).failsWithin(TEN_SECONDS);
            int calls = disk.calls();
            assertThat(store.persistence.append(chain.puts(1, 10)).toCompletableFuture())
                    .failsWithin(TEN_SECONDS);
            assertThat(disk.calls()).as("no second force").isEqualTo(calls);
        }
    }

    @Test
    void shortWritesAreContinued() {
        SimDisk disk = new SimDisk();
        disk.shortWrites(7);

        Script script = Script.run(disk);

        try (SimStore store = SimStore.open(disk)) {
            script.requirePossible(State.of(store), "a clean shutdown");
        }
    }

    @Test
    void writeWithoutProgressIsAnError() {
        SimDisk disk = new SimDisk();
        try (SimStore store = SimStore.open(disk)) {
            disk.shortWrites(0);

            assertThat(store.persistence.append(new Chain().puts(1, 10)).toCompletableFuture())
                    .failsWithin(TEN_SECONDS);
        }
    }

    private static void failOnce(SimDisk disk, int call, Map<SimDisk.Call, Integer> injected) {
        disk.inject((number, kind, name) -> {
            if (number == call) {
                injected.merge(kind, 1, Integer::sum);
                throw new IOException("injected: " + kind + " of " + name);
            }
        });
    }

    private static void failOnce(SimDisk disk, SimDisk.Call kind) {
        boolean[] failed = new boolean[1];
        disk.inject((number, call, name) -> {
            if (call == kind && !failed[0]) {
                failed[0] = true;
                throw new IOException("injected: " + kind);
            }
        });
    }
}
