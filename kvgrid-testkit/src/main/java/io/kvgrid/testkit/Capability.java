package io.kvgrid.testkit;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/** Skips tests that need what their subject does not declare, and says so, once for each test. */
final class Capability {
    private static final Set<String> REPORTED = ConcurrentHashMap.newKeySet();

    private Capability() {}

    /** Ends the test, as skipped, unless the subject can do {@code what}. */
    static void needs(Class<?> suite, String test, boolean declared, String what) {
        if (!declared) {
            report("SKIPPED", suite, test, what);
            Assumptions.abort("the subject does not declare " + what);
        }
    }

    /** Says that a test, or a part of it, is not run. */
    static void report(String what, Class<?> suite, String test, String missing) {
        String line = what + " " + suite.getSimpleName() + "." + test + ": the subject does not declare " + missing;
        if (REPORTED.add(line)) {
            System.out.println(line);
        }
    }
}
