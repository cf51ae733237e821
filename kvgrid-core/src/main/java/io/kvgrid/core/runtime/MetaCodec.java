package io.kvgrid.core.runtime;

import io.kvgrid.NodeId;
import io.kvgrid.core.replication.ReplicaMeta;
import io.kvgrid.core.wire.ConfigCodec;
import io.kvgrid.core.wire.MalformedMessageException;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.persistence.CorruptLogException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * {@link ReplicaMeta} as the persistence keeps it. Big-endian; the persistence itself guards against damage.
 *
 * <pre>
 *  width field
 *      4 magic "KVGM"
 *      1 version 2
 *      1 flags: bit 0 = a configuration follows, bit 1 = settled; others are refused (S25)
 *     16 store id
 *      8 start count
 *      2 how many boot ids follow: of the newest starts, this one's last
 * n * 16 boot ids
 *  1 + n grid name: length, then ASCII
 *  1 + n node id: length, then ASCII
 *        configuration: {@link ConfigCodec}, to the end
 * </pre>
 */
final class MetaCodec {
    private static final int MAGIC = 0x4B56474D;
    private static final byte VERSION = 2;
    private static final byte FLAG_CONFIG = 1;
    private static final byte FLAG_SETTLED = 2;

    private MetaCodec() {}

    static ByteBuffer encode(ReplicaMeta meta) {
        byte[] grid = meta.gridName().getBytes(StandardCharsets.US_ASCII);
        byte[] node = meta.nodeId().value().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer config = meta.config().map(ConfigCodec::encode).orElse(ByteBuffer.allocate(0));
        ByteBuffer out = ByteBuffer.allocate(4
                + 1
                + 1
                + 16
                + 8
                + 2
                + 16 * meta.runs().size()
                + 1
                + grid.length
                + 1
                + node.length
                + config.remaining());
        int flags = (meta.config().isPresent() ? FLAG_CONFIG : 0) | (meta.settled() ? FLAG_SETTLED : 0);
        out.putInt(MAGIC).put(VERSION).put((byte) flags);
        put(out, meta.storeId());
        out.putLong(meta.startCount());
        out.putShort((short) meta.runs().size());
        meta.runs().forEach(run -> put(out, run));
        out.put((byte) grid.length).put(grid);
        out.put((byte) node.length).put(node);
        return out.put(config).flip();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws CorruptLogException if it is anything else
     */
    static ReplicaMeta decode(ByteBuffer bytes) {
        ByteBuffer in = bytes.duplicate();
        try {
            check("magic", MAGIC, in.getInt());
            check("version", VERSION, in.get());
            byte flags = in.get();
            check("flags", flags & (FLAG_CONFIG | FLAG_SETTLED), flags);
            UUID storeId = id(in);
            long startCount = in.getLong();
            List<UUID> runs = new ArrayList<>();
            for (int left = Short.toUnsignedInt(in.getShort()); left > 0; left--) {
                runs.add(id(in));
            }
            if (runs.isEmpty()) {
                throw new CorruptLogException("the node's metadata names no run");
            }
            String grid = text(in);
            NodeId node = new NodeId(text(in));
            Optional<GridConfig> config =
                    (flags & FLAG_CONFIG) == 0 ? Optional.empty() : Optional.of(ConfigCodec.decode(in));
            return new ReplicaMeta(grid, node, storeId, startCount, runs, config, (flags & FLAG_SETTLED) != 0);
        } catch (BufferUnderflowException | IllegalArgumentException | MalformedMessageException e) {
            throw new CorruptLogException("the node's metadata cannot be read", e);
        }
    }

    private static void put(ByteBuffer out, UUID id) {
        out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    private static UUID id(ByteBuffer in) {
        return new UUID(in.getLong(), in.getLong());
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[Byte.toUnsignedInt(in.get())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static void check(String field, int expected, int found) {
        if (expected != found) {
            throw new CorruptLogException(
                    "the node's metadata: " + field + ": expected " + expected + ", found " + found);
        }
    }
}
