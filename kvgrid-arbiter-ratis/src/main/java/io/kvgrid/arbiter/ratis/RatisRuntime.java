package io.kvgrid.arbiter.ratis;

import java.lang.Thread.UncaughtExceptionHandler;
import org.apache.ratis.util.ExitUtils;

/** What Ratis does to the process that it runs in, and must not. */
final class RatisRuntime {
    private RatisRuntime() {}

    /**
     * Ratis ends the process when a port cannot be bound, and makes itself the handler of every thread's uncaught
     * exceptions, upon which it ends the process as well. The process belongs to the application.
     */
    static synchronized void prepare() {
        UncaughtExceptionHandler applications = Thread.getDefaultUncaughtExceptionHandler();
        ExitUtils.disableSystemExit();
        ExitUtils.setTerminateOnUncaughtException(false);
        Thread.setDefaultUncaughtExceptionHandler(applications);
    }
}
