package io.kvgrid.examples.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a program with a small tmpfs of its own: in a mount namespace, so that nothing is left mounted however the program
 * ends, and with a user namespace, so that it need not be root.
 */
final class SmallDisk {
    private static final String MOUNT_AND_RUN = "mount -t tmpfs -o size=$0 tmpfs $1 && shift && exec \"$@\"";

    private SmallDisk() {}

    /**
     * Runs {@code main} with the mount point as its argument; its output. Skips the test where nothing can be mounted.
     *
     * @throws AssertionError if it ends with another exit code than 0
     */
    static String run(Path home, String size, Class<?> main) throws IOException, InterruptedException {
        Path mountPoint = Files.createDirectory(home.resolve("disk"));
        Result probe = start(home, size, mountPoint, List.of("true"));
        assumeTrue(probe.code == 0, "no tmpfs can be mounted here: " + probe.errors);
        Result result = start(
                home,
                size,
                mountPoint,
                List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        mountPoint.toString()));
        if (result.code != 0) {
            throw new AssertionError(main.getSimpleName() + " ended with " + result.code + ": " + result.errors);
        }
        return result.output.strip();
    }

    private record Result(int code, String output, String errors) {}

    private static Result start(Path home, String size, Path mountPoint, List<String> program)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNT_AND_RUN, size));
        command.add(mountPoint.toString());
        command.addAll(program);
        Path errors = Files.createTempFile(home, "program", ".err");
        Process process;
        try {
            process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        } catch (IOException e) {
            return new Result(-1, "", String.valueOf(e.getMessage()));
        }
        try {
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new Result(process.waitFor(), output, Files.readString(errors));
        } finally {
            process.destroyForcibly();
        }
    }
}
