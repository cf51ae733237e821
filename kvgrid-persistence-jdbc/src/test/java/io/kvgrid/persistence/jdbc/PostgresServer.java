package io.kvgrid.persistence.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Assumptions;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A real PostgreSQL of the tests, which can be killed, frozen and started again. It runs with {@code synchronous_commit}
 * off, so that whoever relies on its default loses what it acknowledged when the server is killed.
 */
public final class PostgresServer implements AutoCloseable {
    private final Path data;
    private EmbeddedPostgres server;

    private PostgresServer(Path data, EmbeddedPostgres server) {
        this.data = data;
        this.server = server;
    }

    private static final class Shared {
        static final Optional<PostgresServer> SERVER = tryStart();

        static {
            SERVER.ifPresent(
                    server -> Runtime.getRuntime().addShutdownHook(new Thread(server::close, "postgres-close")));
        }
    }

    /** The one server of this JVM, which nobody stops. Ends the test, as skipped, with a printed message, where none can run. */
    public static PostgresServer shared() {
        return orSkip(Shared.SERVER);
    }

    /** A server for one test. Ends the test, as skipped, with a printed message, where none can run. */
    public static PostgresServer start() {
        return orSkip(tryStart());
    }

    private static PostgresServer orSkip(Optional<PostgresServer> server) {
        Assumptions.assumeTrue(server.isPresent(), "PostgreSQL cannot run here");
        return server.orElseThrow();
    }

    private static Optional<PostgresServer> tryStart() {
        try {
            Path data = Files.createTempDirectory("kvgrid-postgres-");
            return Optional.of(new PostgresServer(data, start(data, 0)));
        } catch (IOException | RuntimeException e) {
            System.out.println("SKIPPED tests with a real PostgreSQL, which cannot run here: " + e);
            return Optional.empty();
        }
    }

    private static EmbeddedPostgres start(Path data, int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPGStartupWait(Duration.ofSeconds(60))
                .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
                .setOutputRedirector(ProcessBuilder.Redirect.DISCARD);
        return (port == 0 ? builder : builder.setPort(port)).start();
    }

    /** Plain connections, each new. */
    public DataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(server.getJdbcUrl("postgres", "postgres"));
        return source;
    }

    /** Kills the server, {@code kill -9}, and waits until all its processes have ended. */
    public void kill() throws Exception {
        ProcessHandle postmaster = postmaster();
        List<ProcessHandle> all = postmaster.descendants().toList();
        postmaster.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        postmaster.onExit().get(30, TimeUnit.SECONDS);
        for (ProcessHandle child : all) {
            child.onExit().get(30, TimeUnit.SECONDS);
        }
    }

    /** Starts the server again, after it was killed, on the same data and port. */
    public void restart() throws IOException {
        int port = server.getPort();
        server.close();
        server = start(data, port);
    }

    /** Freezes all processes of the server; its connections stay, and nobody answers. */
    public void freeze() throws Exception {
        signal("-STOP");
    }

    /** Lets a frozen server go on. */
    public void thaw() throws Exception {
        signal("-CONT");
    }

    private void signal(String signal) throws Exception {
        ProcessHandle postmaster = postmaster();
        for (ProcessHandle each :
                Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList()) {
            new ProcessBuilder("kill", signal, Long.toString(each.pid()))
                    .inheritIO()
                    .start()
                    .onExit()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private ProcessHandle postmaster() throws IOException {
        String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip();
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    @Override
    public void close() {
        try {
            server.close();
            delete(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.out.println("could not delete " + directory + ": " + e);
        }
    }
}
