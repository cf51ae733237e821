package io.kvgrid.core.sim;

import java.util.function.Supplier;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Keeps what nodes log about simulated faults, thousands of lines, out of the output; see {@code logback-test.xml}. */
final class QuietLog {
    static {
        LoggerFactory.getILoggerFactory(); // what is logged while several threads start the logging is not filtered
    }

    private QuietLog() {}

    /** Does {@code work} in this thread without a word from the nodes. */
    static <T> T during(Supplier<T> work) {
        MDC.put("simulated", "true");
        try {
            return work.get();
        } finally {
            MDC.remove("simulated");
        }
    }
}
