package io.kvgrid.arbiter.ratis;

import io.kvgrid.ArbiterChoice;
import io.kvgrid.GridStartException;
import io.kvgrid.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Settings of a {@link RatisArbiter}. Not thread-safe. */
public final class RatisArbiterBuilder {
    private static final Pattern GRID_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"); // X9
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final String grid;
    private final List<String> voters;
    private Optional<String> voter = Optional.empty();
    private Path directory = Path.of("kvgrid-arbiter");
    private Optional<String> bindHost = Optional.empty();
    private boolean insecure;
    private Duration callTimeout = Duration.ofSeconds(2);
    private Duration closeThreshold = Duration.ofSeconds(60);

    RatisArbiterBuilder(String grid, String... voters) {
        if (!GRID_NAME.matcher(grid).matches()) {
            throw new IllegalArgumentException("not a grid's name: \"" + grid + "\"");
        }
        this.grid = grid;
        this.voters = VoterGroup.checked(List.of(voters));
    }

    /**
     * This process has a vote. Without this call it only asks the voters.
     *
     * @param address which of the voters it is
     * @param directory where it keeps its vote; nothing else uses it, and it must outlive the process
     * @throws IllegalArgumentException if the address is not one of the voters'
     */
    public RatisArbiterBuilder voter(String address, Path directory) {
        String self = HostPort.format(HostPort.parse(address));
        if (!voters.contains(self)) {
            throw new IllegalArgumentException(self + " is none of the voters " + voters);
        }
        this.voter = Optional.of(self);
        this.directory = directory;
        return this;
    }

    /** The address of this machine at which the voter listens; unless set, the host of the voter's address. */
    public RatisArbiterBuilder bind(String host) {
        this.bindHost = Optional.of(host);
        return this;
    }

    /**
     * The voter may listen at an address that other machines reach, although it asks nobody who they are: who can reach the
     * port can change the grid's roles. Only for networks that nobody else is in (X8).
     */
    public RatisArbiterBuilder insecure() {
        insecure = true;
        return this;
    }

    /** When a call ends at the latest; 2 s unless set. */
    public RatisArbiterBuilder callTimeout(Duration timeout) {
        if (timeout.compareTo(Duration.ofMillis(100)) < 0) {
            throw new IllegalArgumentException("a call takes 100 ms at least, not " + timeout);
        }
        callTimeout = timeout;
        return this;
    }

    /** After a pause of the process that is longer, the voter is built anew; 60 s unless set. */
    RatisArbiterBuilder closeThreshold(Duration pause) {
        closeThreshold = pause;
        return this;
    }

    /** For the builder of a node, which calls {@link #start} when it starts, and closes the Arbiter when it is closed. */
    public ArbiterChoice choice() {
        return ArbiterChoice.openedBy(this::start);
    }

    void requireVoter() {
        if (voter.isEmpty()) {
            throw new IllegalArgumentException("say which voter of " + voters + " this is");
        }
    }

    /**
     * Starts the voter, if this process has one, and returns: whether a majority answers shows with the first call. Blocks
     * until the voter listens.
     *
     * @throws GridStartException if the port or the directory is in use, or the voter's log cannot be read
     * @throws IllegalStateException if the voter would listen to other machines without {@link #insecure}
     */
    public RatisArbiter start() {
        RatisRuntime.prepare();
        Watchers watchers = new Watchers();
        VoterClient client = new VoterClient(VoterGroup.of(grid, voters));
        VoterAdmin admin = new VoterAdmin(client, VoterGroup.id(grid));
        try {
            Voter started = voter.map(self -> startVoter(self, admin, watchers)).orElse(null);
            return new RatisArbiter(new VoterCalls(client, callTimeout.toNanos()), watchers, admin, started);
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private Voter startVoter(String self, VoterAdmin admin, Watchers watchers) {
        String host = bindHost.orElse(HostPort.parse(self).getHostString());
        checkBinding(host);
        createDirectory(directory);
        VoterSettings settings = new VoterSettings(grid, self, voters, host, directory, closeThreshold);
        return Voter.start(settings, admin, () -> new ConfigStateMachine(watchers::tell));
    }

    /** X8: open to other machines only if that was said. */
    private void checkBinding(String host) {
        InetAddress address = new InetSocketAddress(host, 0).getAddress();
        if (address == null) {
            throw new GridStartException("the host " + host + " is not known");
        }
        if (!insecure && !address.isLoopbackAddress()) {
            throw new IllegalStateException("a voter at " + host + " can be reached by other machines, and asks none of"
                    + " them who it is; say insecure() if only the grid's machines can reach it");
        }
    }

    /** Only its owner may look into it (X10). */
    private static void createDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
            if (Files.getFileStore(directory).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(directory, OWNER_ONLY);
            }
        } catch (IOException e) {
            throw new GridStartException("the directory " + directory + " cannot be used: " + e, e);
        }
    }
}
