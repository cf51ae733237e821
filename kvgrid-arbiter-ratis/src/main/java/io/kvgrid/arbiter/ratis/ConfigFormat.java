package io.kvgrid.arbiter.ratis;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What stands in the voters' logs and snapshots, and what their clients are answered. Big-endian; the first byte is the
 * version.
 *
 * <pre>
 *  command                        result of a change              state, and result of a read
 *  1 version                      1 version                       1 version
 *  1 kind: 0 read, 1 change       1 applied: 0 or 1               1 has a configuration: 0 or 1
 *  8 expected cv    (if a change) 2 + n reason: length, UTF-8       configuration
 *    configuration  (if a change) 1 has a configuration: 0 or 1
 *                                   configuration
 *
 *  configuration                               member
 *     16 lineage id                            2 + n node id: length, then ASCII
 *      8 cv                                       16 store id
 *      8 epoch                                    16 boot id
 *  2 + n primary: length, then ASCII               8 start count
 *     16 primary's boot id                     2 + n address: length, then UTF-8
 *      4 minInSync
 *      1 whether it is fixed: 0 or 1
 *      4 feature level
 *     16 nonce
 *      1 number of members
 *        members
 * </pre>
 *
 * A decoded configuration may be any at all: {@link GridConfig#transition} judges it. A voter that meets an unknown version
 * in its log stops, because it cannot know what the others made of it.
 */
final class ConfigFormat {
    /** The most bytes that a command may have: less than what the log takes as one entry. */
    static final int MAX_COMMAND_BYTES = 96 * 1024;

    private static final int VERSION = 1;
    private static final int READ = 0;
    private static final int CHANGE = 1;
    private static final int MAX_MEMBERS = 255;

    private ConfigFormat() {}

    /** What is written to the log. */
    sealed interface Command {
        /** Tells the configuration as it is when this command's turn comes. */
        record Read() implements Command {}

        /** A compare-and-set. */
        record Change(long expectedCv, GridConfig proposal) implements Command {}
    }

    private interface Body {
        void write(DataOutputStream out) throws IOException;
    }

    static ByteBuffer read() {
        return versioned(out -> out.writeByte(READ));
    }

    /** @throws IllegalArgumentException if the proposal is too large */
    static ByteBuffer change(long expectedCv, GridConfig proposal) {
        ByteBuffer bytes = versioned(out -> {
            out.writeByte(CHANGE);
            out.writeLong(expectedCv);
            write(out, proposal);
        });
        if (bytes.remaining() > MAX_COMMAND_BYTES) {
            throw new IllegalArgumentException("the configuration takes " + bytes.remaining()
                    + " bytes, more than the limit of " + MAX_COMMAND_BYTES);
        }
        return bytes;
    }

    static Command readCommand(ByteBuffer bytes) throws MalformedArbiterMessageException {
        ByteReader in = open(bytes);
        Command command = in.choice("kind", CHANGE) == READ
                ? new Command.Read()
                : new Command.Change(in.i64("expected cv"), readConfig(in));
        in.end();
        return command;
    }

    static ByteBuffer result(CasResult result) {
        return versioned(out -> {
            if (result instanceof CasResult.Refused refused) {
                out.writeBoolean(false);
                writeText(out, refused.reason());
                writeOptional(out, refused.current());
            } else {
                out.writeBoolean(true);
                writeText(out, "");
                writeOptional(out, Optional.of(((CasResult.Applied) result).config()));
            }
        });
    }

    static CasResult readResult(ByteBuffer bytes) throws MalformedArbiterMessageException {
        ByteReader in = open(bytes);
        boolean applied = in.flag("applied");
        String reason = in.text("reason");
        Optional<GridConfig> config = readOptional(in);
        in.end();
        if (!applied) {
            return new CasResult.Refused(reason, config);
        }
        return new CasResult.Applied(config.orElseThrow(() -> in.malformed("result", "a configuration", null)));
    }

    static ByteBuffer state(Optional<GridConfig> config) {
        return versioned(out -> writeOptional(out, config));
    }

    static Optional<GridConfig> readState(ByteBuffer bytes) throws MalformedArbiterMessageException {
        ByteReader in = open(bytes);
        Optional<GridConfig> config = readOptional(in);
        in.end();
        return config;
    }

    private static ByteBuffer versioned(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            body.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    private static ByteReader open(ByteBuffer bytes) throws MalformedArbiterMessageException {
        ByteReader in = new ByteReader(bytes);
        int version = in.u8("version");
        if (version != VERSION) {
            throw in.malformed("version", VERSION + ", not " + version, null);
        }
        return in;
    }

    private static void writeOptional(DataOutputStream out, Optional<GridConfig> config) throws IOException {
        out.writeBoolean(config.isPresent());
        if (config.isPresent()) {
            write(out, config.get());
        }
    }

    private static Optional<GridConfig> readOptional(ByteReader in) throws MalformedArbiterMessageException {
        return in.flag("has a configuration") ? Optional.of(readConfig(in)) : Optional.empty();
    }

    private static void write(DataOutputStream out, GridConfig config) throws IOException {
        if (config.members().size() > MAX_MEMBERS) {
            throw new IllegalArgumentException(config.members().size() + " members, more than " + MAX_MEMBERS);
        }
        writeUuid(out, config.lineageId());
        out.writeLong(config.cv());
        out.writeLong(config.epoch());
        writeText(out, config.primary().value());
        writeUuid(out, config.primaryBootId());
        out.writeInt(config.minInSync());
        out.writeBoolean(config.minInSyncFixed());
        out.writeInt(config.featureLevel());
        writeUuid(out, config.nonce());
        out.writeByte(config.members().size());
        for (Member member : config.members()) {
            writeText(out, member.nodeId().value());
            writeUuid(out, member.storeId());
            writeUuid(out, member.bootId());
            out.writeLong(member.startCount());
            writeText(out, member.address());
        }
    }

    private static GridConfig readConfig(ByteReader in) throws MalformedArbiterMessageException {
        UUID lineageId = in.uuid("lineage id");
        long cv = in.i64("cv");
        long epoch = in.i64("epoch");
        NodeId primary = in.nodeId("primary");
        UUID primaryBootId = in.uuid("primary's boot id");
        int minInSync = in.i32("minInSync");
        boolean minInSyncFixed = in.flag("whether minInSync is fixed");
        int featureLevel = in.i32("feature level");
        UUID nonce = in.uuid("nonce");
        int count = in.u8("number of members");
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(new Member(
                    in.nodeId("node id"),
                    in.uuid("store id"),
                    in.uuid("boot id"),
                    in.i64("start count"),
                    in.text("address")));
        }
        return new GridConfig(
                lineageId, cv, epoch, primary, primaryBootId, members, minInSync, minInSyncFixed, featureLevel, nonce);
    }

    private static void writeUuid(DataOutputStream out, UUID id) throws IOException {
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0xFFFF) {
            throw new IllegalArgumentException("a text of " + bytes.length + " bytes");
        }
        out.writeShort(bytes.length);
        out.write(bytes);
    }
}
