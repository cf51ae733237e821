package io.kvgrid.arbiter.ratis;

import io.kvgrid.GridStartException;
import io.kvgrid.WrongGridException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * What a voter's directory says of how it came to its vote, in a file of five lines: {@code kvgrid-vote 1},
 * the grid, the voter's address, the {@link Origin}, and the founders' addresses separated by commas. A directory without
 * it is new, or was wiped.
 *
 * @param founders the voters with which the grid's Arbiter began; empty unless this one is a founder
 */
record VoteRecord(String grid, String voter, Origin origin, List<String> founders) {
    private static final String FILE = "vote.txt";
    private static final String VERSION = "kvgrid-vote 1";

    /** How a voter came to its vote. */
    enum Origin {
        /** It was there when the Arbiter began. */
        FOUNDER,
        /** It had lost its directory, and gives back its old vote to get a new one. */
        RETURNING,
        /** It has been added by the others, or waits for that. */
        ADDED
    }

    /**
     * Reads the record of that directory.
     *
     * @throws GridStartException if it is of another grid or voter, or cannot be read
     */
    static Optional<VoteRecord> read(Path directory, String grid, String voter) {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        VoteRecord record = parse(file);
        if (!record.grid.equals(grid)) {
            throw new WrongGridException(
                    "the directory " + directory + " holds a vote of grid '" + record.grid + "', not of '" + grid + "'",
                    null);
        }
        if (!record.voter.equals(voter)) {
            throw new GridStartException("the directory " + directory + " holds the vote of " + record.voter
                    + ", not of " + voter + ": a vote cannot move");
        }
        return Optional.of(record);
    }

    private static VoteRecord parse(Path file) {
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            if (lines.size() == 5 && lines.get(0).equals(VERSION)) {
                List<String> founders = lines.get(4).isEmpty()
                        ? List.of()
                        : List.of(lines.get(4).split(",", -1));
                return new VoteRecord(lines.get(1), lines.get(2), Origin.valueOf(lines.get(3)), founders);
            }
            throw new GridStartException("the file " + file + " is not a vote that this version can read");
        } catch (IOException | IllegalArgumentException e) {
            throw new GridStartException("the file " + file + " cannot be read: " + e, e);
        }
    }

    /** Replaces the record of that directory; durable on return: forced before and after it takes the old one's place (S11). */
    void write(Path directory) {
        write(directory, VoteRecord::force);
    }

    /** How a directory's entries become durable. */
    interface DirectoryForce {
        void force(Path directory) throws IOException;
    }

    /** As {@link #write(Path)}, for tests. */
    void write(Path directory, DirectoryForce entries) {
        List<String> lines = List.of(VERSION, grid, voter, origin.name(), String.join(",", founders));
        Path temporary = directory.resolve(FILE + ".tmp");
        try {
            Files.write(
                    temporary,
                    lines,
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.SYNC);
            Files.move(
                    temporary,
                    directory.resolve(FILE),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            entries.force(directory); // S11: without it a loss of power may bring the old record back
        } catch (IOException e) {
            throw new GridStartException("the directory " + directory + " cannot be written: " + e, e);
        }
    }

    /** Skipped only where the platform cannot open a directory (S10): on Windows. */
    private static void force(Path directory) throws IOException {
        if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
