package io.kvgrid.persistence.file;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;

/**
 * One power cut: decides what survives of that which was not forced. Everything, nothing, or any part; of a write any
 * sectors of one size, or any range (S14). Notes what was lost. Used once.
 */
final class PowerLoss {
    /** What a power cut took. */
    enum Kind {
        NOTHING,
        WHOLE_WRITE,
        PART_OF_A_WRITE_IN_SECTORS_OF_512,
        PART_OF_A_WRITE_IN_SECTORS_OF_4096,
        PART_OF_A_WRITE_AT_ANY_BYTE,
        TRUNCATION,
        DIRECTORY_CHANGE
    }

    private final Random random;
    private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);

    /** How likely a part survives. */
    private final double keep;

    private final Kind tear;

    PowerLoss(Random random) {
        this.random = random;
        keep = switch (random.nextInt(5)) {
            case 0 -> 0.0;
            case 1 -> 1.0;
            default -> random.nextDouble();
        };
        tear = switch (random.nextInt(3)) {
            case 0 -> Kind.PART_OF_A_WRITE_IN_SECTORS_OF_512;
            case 1 -> Kind.PART_OF_A_WRITE_IN_SECTORS_OF_4096;
            default -> Kind.PART_OF_A_WRITE_AT_ANY_BYTE;
        };
    }

    /** What it took. */
    Set<Kind> kinds() {
        return kinds.isEmpty() ? EnumSet.of(Kind.NOTHING) : kinds;
    }

    /** Whether something indivisible survives. */
    boolean keeps(Kind kind) {
        boolean kept = survives();
        if (!kept) {
            kinds.add(kind);
        }
        return kept;
    }

    /** What is left of a file. */
    SimNode survivor(SimNode node) {
        if (node.cached == node.durable) {
            return node.copy(); // nothing is at stake
        }
        byte[] bytes = node.durable;
        for (int size : node.pendingTruncations) {
            if (size < bytes.length && keeps(Kind.TRUNCATION)) {
                bytes = Arrays.copyOf(bytes, size);
            }
        }
        if (!node.pending.isEmpty()) {
            bytes = written(node, bytes);
        }
        return new SimNode(bytes);
    }

    private byte[] written(SimNode node, byte[] before) {
        int room = before.length;
        for (SimNode.Write write : node.pending) {
            room = Math.max(room, write.end());
        }
        byte[] bytes = Arrays.copyOf(before, room);
        int length = before.length;
        for (SimNode.Write write : node.pending) {
            int end = switch (tear) {
                case PART_OF_A_WRITE_IN_SECTORS_OF_512 -> sectors(write, 512, bytes);
                case PART_OF_A_WRITE_IN_SECTORS_OF_4096 -> sectors(write, 4096, bytes);
                default -> range(write, bytes);
            };
            length = Math.max(length, end);
        }
        return Arrays.copyOf(bytes, length);
    }

    /** Returns where the last byte that survives ends; 0 if none does. */
    private int sectors(SimNode.Write write, int sector, byte[] target) {
        int end = 0;
        int kept = 0;
        int from = 0;
        while (from < write.bytes.length) {
            int to = Math.min(write.bytes.length, from + sector - (write.position + from) % sector);
            if (survives()) {
                System.arraycopy(write.bytes, from, target, write.position + from, to - from);
                end = write.position + to;
                kept += to - from;
            }
            from = to;
        }
        note(kept, write);
        return end;
    }

    private int range(SimNode.Write write, byte[] target) {
        int from = 0;
        int to = survives() ? write.bytes.length : 0;
        if (keep > 0.0 && keep < 1.0) {
            from = random.nextBoolean() ? 0 : random.nextInt(write.bytes.length + 1);
            to = from + random.nextInt(write.bytes.length - from + 1);
        }
        System.arraycopy(write.bytes, from, target, write.position + from, to - from);
        note(to - from, write);
        return to == from ? 0 : write.position + to;
    }

    private void note(int kept, SimNode.Write write) {
        if (kept < write.bytes.length) {
            kinds.add(kept == 0 ? Kind.WHOLE_WRITE : tear);
        }
    }

    private boolean survives() {
        return random.nextDouble() < keep;
    }
}
