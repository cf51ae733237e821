package io.kvgrid.core.wire;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.message.Hello;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * The hello, the one thing that is read from a stranger. Big-endian.
 *
 * <pre>
 *  width field
 *      4 magic "KVGH"
 *      1 protocol version 1
 *      1 flags: bit 0 = hosts the Arbiter; bit 1 = reads are confirmed, not leased; others are refused (S25)
 *      2 lowest feature level, from 1
 *      2 highest feature level, not below the lowest
 *      4 minInSync; 0 if unset
 *      8 lease, milliseconds, from 1
 *     16 boot id
 *     16 store id
 *     16 lineage id; 0 for none
 *  1 + n grid: length, then ASCII
 *  1 + n node id: length, then ASCII
 *  2 + n address: length, then host:port; empty for none
 *  2 + n serializers: length, then opaque bytes, at most 512
 * </pre>
 *
 * Magic and version never move, so that a node of any other version is refused by name. With every part at its longest it
 * has 975 bytes, below the 1,024 that a stranger may send (X3).
 */
public final class HelloCodec {
    /** The longest digest of the serializers, in bytes. */
    public static final int MAX_SERIALIZERS_BYTES = 512;

    /** "KVGH". */
    static final int MAGIC = 0x4B564748;

    private static final int PROTOCOL_VERSION = 1;
    private static final int FLAG_HOSTS_ARBITER = 1;
    private static final int FLAG_CONFIRMED_READS = 2;
    private static final int FLAGS = FLAG_HOSTS_ARBITER | FLAG_CONFIRMED_READS;

    private HelloCodec() {}

    /**
     * The hello's bytes.
     *
     * @throws IllegalArgumentException if a part is longer than its limit
     */
    public static ByteBuffer encode(Hello hello) {
        int length = hello.serializers().remaining();
        if (length > MAX_SERIALIZERS_BYTES) {
            throw new IllegalArgumentException("the serializers' digest has " + length
                    + " bytes, more than the limit of " + MAX_SERIALIZERS_BYTES);
        }
        WireWriter out = new WireWriter();
        out.i32(MAGIC)
                .u8(PROTOCOL_VERSION)
                .u8((hello.hostsArbiter() ? FLAG_HOSTS_ARBITER : 0) | (hello.leasedReads() ? 0 : FLAG_CONFIRMED_READS))
                .u16(hello.minFeatureLevel())
                .u16(hello.maxFeatureLevel())
                .i32(hello.minInSync())
                .i64(hello.leaseMillis())
                .uuid(hello.bootId())
                .uuid(hello.storeId())
                .uuid(hello.lineageId().orElse(Envelope.NO_ID))
                .name(hello.grid())
                .nodeId(hello.node())
                .address(hello.address())
                .u16(length)
                .bytes(hello.serializers());
        return out.single();
    }

    /**
     * The hello that the remaining bytes of {@code bytes} are, all of them. Its position does not move, and nothing of it
     * is kept.
     *
     * @throws MalformedMessageException if they are no valid hello
     */
    public static Hello decode(ByteBuffer bytes) throws MalformedMessageException {
        WireReader in = new WireReader(bytes);
        int magic = in.i32("magic");
        if (magic != MAGIC) {
            throw in.malformed("magic", 4, Integer.toHexString(MAGIC), Integer.toHexString(magic));
        }
        int version = in.u8("protocol version");
        if (version != PROTOCOL_VERSION) {
            throw in.malformed("protocol version", 1, Integer.toString(PROTOCOL_VERSION), Integer.toString(version));
        }
        int flags = in.u8("flags");
        if ((flags & ~FLAGS) != 0) {
            throw in.malformed("flags", 1, "bits 0 and 1 only", "0x" + Integer.toHexString(flags));
        }
        int minFeatureLevel = in.u16("lowest feature level");
        int maxFeatureLevel = in.u16("highest feature level");
        if (minFeatureLevel < 1 || maxFeatureLevel < minFeatureLevel) {
            throw in.malformed("feature levels", 4, "1 or more, ascending", minFeatureLevel + ", " + maxFeatureLevel);
        }
        int minInSync = in.atLeast(0, "minInSync");
        long leaseMillis = in.atLeast(1L, "lease");
        UUID bootId = in.uuid("boot id");
        UUID storeId = in.uuid("store id");
        UUID lineageId = in.uuid("lineage id");
        String grid = in.name("grid");
        NodeId node = in.nodeId("node id");
        String address = in.address("address");
        int length = in.u16("length of serializers");
        if (length > MAX_SERIALIZERS_BYTES) {
            throw in.malformed("length of serializers", 2, "0 to " + MAX_SERIALIZERS_BYTES, Integer.toString(length));
        }
        ByteBuffer serializers = in.bytes("serializers", length);
        in.end();
        return new Hello(
                grid,
                node,
                bootId,
                storeId,
                lineageId.equals(Envelope.NO_ID) ? Optional.empty() : Optional.of(lineageId),
                address,
                (flags & FLAG_HOSTS_ARBITER) != 0,
                minFeatureLevel,
                maxFeatureLevel,
                minInSync,
                leaseMillis,
                (flags & FLAG_CONFIRMED_READS) == 0,
                serializers);
    }
}
