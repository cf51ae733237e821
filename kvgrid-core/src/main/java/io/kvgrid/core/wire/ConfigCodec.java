package io.kvgrid.core.wire;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The configuration, in messages and, behind a version byte, in files. Big-endian.
 *
 * <pre>
 *  width field                               member
 *     16 lineage id                          width field
 *      8 cv                                  1 + n node id: length, then ASCII
 *      8 epoch                                  16 store id
 *  1 + n primary: length, then ASCII            16 boot id
 *     16 primary's boot id                       8 start count
 *      4 minInSync                           2 + n address: length, then host:port; empty for none
 *      1 whether it is fixed: 0 or 1
 *      4 feature level
 *     16 nonce
 *      1 number of members
 *        members, ordered by node id
 * </pre>
 *
 * A proposal may be anything that can be written this way: the Arbiter judges it, by {@link GridConfig#transition}, and
 * names the rule that it breaks. All others must be what an Arbiter can hold: cv, epoch, minInSync and feature level
 * from 1, each node once, the primary a member in its present run (P2).
 */
public final class ConfigCodec {
    /** The most members that a configuration on the wire may have. */
    public static final int MAX_MEMBERS = 255;

    private static final int VERSION = 1;

    private ConfigCodec() {}

    /**
     * The configuration as it stands in files, one version byte first.
     *
     * @throws IllegalArgumentException if it has more than {@link #MAX_MEMBERS}, or an address is too long
     */
    public static ByteBuffer encode(GridConfig config) {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        write(out, config);
        return out.single();
    }

    /**
     * Reads what {@link #encode} wrote: all that remains in {@code bytes}, whose position does not move.
     *
     * @throws MalformedMessageException if that is not a configuration which an Arbiter can hold
     */
    public static GridConfig decode(ByteBuffer bytes) throws MalformedMessageException {
        WireReader in = new WireReader(bytes);
        int version = in.u8("version");
        if (version != VERSION) {
            throw in.malformed("version", 1, Integer.toString(VERSION), Integer.toString(version));
        }
        GridConfig config = read(in);
        in.end();
        return config;
    }

    static void write(WireWriter out, GridConfig config) {
        List<Member> members = config.members();
        if (members.size() > MAX_MEMBERS) {
            throw new IllegalArgumentException(members.size() + " members, more than the limit of " + MAX_MEMBERS);
        }
        out.uuid(config.lineageId())
                .i64(config.cv())
                .i64(config.epoch())
                .nodeId(config.primary())
                .uuid(config.primaryBootId())
                .i32(config.minInSync())
                .flag(config.minInSyncFixed())
                .i32(config.featureLevel())
                .uuid(config.nonce())
                .u8(members.size());
        for (Member member : members) {
            writeMember(out, member);
        }
    }

    /** A configuration that an Arbiter can hold. */
    static GridConfig read(WireReader in) throws MalformedMessageException {
        int start = in.position();
        GridConfig config = readProposal(in);
        if (config.cv() < 1 || config.epoch() < 1 || config.minInSync() < 1 || config.featureLevel() < 1) {
            throw new MalformedMessageException(
                    "configuration", start, "cv, epoch, minInSync and feature level from 1", config.toString());
        }
        for (int i = 1; i < config.members().size(); i++) {
            if (config.members()
                    .get(i)
                    .nodeId()
                    .equals(config.members().get(i - 1).nodeId())) {
                throw new MalformedMessageException("members", start, "each node once", config.toString());
            }
        }
        Optional<Member> primary = config.member(config.primary());
        if (primary.isEmpty() || !primary.get().bootId().equals(config.primaryBootId())) {
            throw new MalformedMessageException("primary", start, "a member in its present run", config.toString());
        }
        return config;
    }

    /** A configuration that is yet to be judged. */
    static GridConfig readProposal(WireReader in) throws MalformedMessageException {
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
        List<Member> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int start = in.position();
            Member member = readMember(in);
            if (i > 0 && members.get(i - 1).nodeId().compareTo(member.nodeId()) > 0) {
                throw new MalformedMessageException(
                        "member", start, "ascending node ids", member.nodeId().value());
            }
            members.add(member);
        }
        return new GridConfig(
                lineageId, cv, epoch, primary, primaryBootId, members, minInSync, minInSyncFixed, featureLevel, nonce);
    }

    static void writeMember(WireWriter out, Member member) {
        out.nodeId(member.nodeId())
                .uuid(member.storeId())
                .uuid(member.bootId())
                .i64(member.startCount())
                .address(member.address());
    }

    static Member readMember(WireReader in) throws MalformedMessageException {
        return new Member(
                in.nodeId("node id"),
                in.uuid("store id"),
                in.uuid("boot id"),
                in.atLeast(0L, "start count"),
                in.address("address"));
    }
}
