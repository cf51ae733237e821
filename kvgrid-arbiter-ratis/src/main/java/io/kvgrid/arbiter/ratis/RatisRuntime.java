package io.kvgrid.arbiter.ratis;

import java.lang.Thread.UncaughtExceptionHandler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.ratis.util.ExitUtils;

/** What Ratis does to the process that it runs in, and must not. */
final class RatisRuntime {
    /** Ratis' own copy of gRPC; held here because a logger that nobody holds forgets its level. */
    private static final Logger GRPC = Logger.getLogger("org.apache.ratis.thirdparty");

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
        if (GRPC.getLevel() == null) {
            GRPC.setLevel(Level.WARNING); // by java.util.logging, which writes to standard error unless told otherwise
        }
    }
}
