package io.kvgrid.persistence.file;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A file of a {@link SimDisk}: what its processes see, and what is surely on the medium. Its arrays are replaced, never
 * written to, so that copies share them. Guarded by the disk.
 */
final class SimNode {
    /** A write that was not forced yet. */
    static final class Write {
        final int position;
        final byte[] bytes;

        Write(int position, byte[] bytes) {
            this.position = position;
            this.bytes = bytes;
        }

        int end() {
            return position + bytes.length;
        }
    }

    byte[] cached;
    byte[] durable;
    final List<Write> pending = new ArrayList<>();
    final List<Integer> pendingTruncations = new ArrayList<>();

    private byte[] summed = new byte[0];
    private int checksum;

    /** A file that has these bytes on the medium. */
    SimNode(byte[] bytes) {
        cached = bytes;
        durable = bytes;
    }

    SimNode copy() {
        SimNode copy = new SimNode(durable);
        copy.cached = cached;
        copy.pending.addAll(pending);
        copy.pendingTruncations.addAll(pendingTruncations);
        copy.summed = summed;
        copy.checksum = checksum;
        return copy;
    }

    void write(long position, byte[] bytes) {
        cached = put(cached, (int) position, bytes);
        pending.add(new Write((int) position, bytes));
    }

    /** The last write was the beginning of this one. */
    void writeRest(long position, byte[] bytes) {
        pending.remove(pending.size() - 1);
        write(position, bytes);
    }

    void truncate(long size) {
        if (size < cached.length) {
            cached = Arrays.copyOf(cached, (int) size);
            pending.removeIf(write -> write.position >= size);
            pendingTruncations.add((int) size);
        }
    }

    void force() {
        byte[] bytes = durable;
        for (int size : pendingTruncations) {
            bytes = Arrays.copyOf(bytes, Math.min(size, bytes.length));
        }
        for (Write write : pending) {
            bytes = put(bytes, write.position, write.bytes);
        }
        durable = Arrays.equals(bytes, cached) ? cached : bytes;
        forgetPending();
    }

    /** What was written counts as clean from now on, though it is not on the medium (S2). */
    void forgetPending() {
        pending.clear();
        pendingTruncations.clear();
    }

    /** Of what its processes see. */
    int checksum() {
        byte[] bytes = cached;
        if (summed != bytes) {
            checksum = Checksum.of(ByteBuffer.wrap(bytes), 0, bytes.length);
            summed = bytes;
        }
        return checksum;
    }

    private static byte[] put(byte[] target, int position, byte[] bytes) {
        byte[] result = Arrays.copyOf(target, Math.max(target.length, position + bytes.length));
        System.arraycopy(bytes, 0, result, position, bytes.length);
        return result;
    }
}
