package io.kvgrid.persistence.file;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A place where a run may end: before a call of the disk, or in the middle of a write.
 *
 * @param disk as it is there; shared, so to be copied before it is used
 * @param promise what a crash there may leave
 */
record Cut(int call, SimDisk disk, Script.Promise promise) {
    /** All places of the scripted run. */
    static List<Cut> ofTheScript() {
        return allOf(Script.RUNS, SimStore.SEGMENT_BYTES);
    }

    /** All places of a run, in order. The run itself goes to its end. */
    static List<Cut> allOf(List<Consumer<Script>> runs, int segmentBytes) {
        SimDisk disk = new SimDisk();
        Script script = new Script(disk, segmentBytes);
        List<Cut> cuts = new ArrayList<>();
        record(disk, number -> cuts.add(new Cut(number, disk.copy(), script.promise())));
        @Nullable Exception failure = script.run(runs);
        if (failure != null) {
            throw new AssertionError("a run without any fault failed", failure);
        }
        return cuts;
    }

    /** All places in the recovery of what a cut has left. Nothing else is promised there. */
    static List<Cut> inRecovery(SimDisk left, Script.Promise promise) {
        SimDisk disk = left.copy();
        List<Cut> cuts = new ArrayList<>();
        record(disk, number -> cuts.add(new Cut(number, disk.copy(), promise)));
        SimStore.run(disk, SimStore.SEGMENT_BYTES, store -> cuts.add(new Cut(disk.calls(), disk.copy(), promise)));
        return cuts;
    }

    private static void record(SimDisk disk, Consumer<Integer> place) {
        disk.inject(new SimDisk.Fault() {
            @Override
            public void at(int number, SimDisk.Call call, String name) {
                if (call != SimDisk.Call.READ && call != SimDisk.Call.OPEN) { // they change nothing
                    disk.fingerprint(); // its sums go with the copies
                    place.accept(number);
                }
            }

            @Override
            public void halfWritten(int number) {
                place.accept(number);
            }
        });
    }
}
