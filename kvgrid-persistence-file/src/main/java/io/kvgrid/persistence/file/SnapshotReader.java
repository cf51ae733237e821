package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordId;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads a snapshot file, laid out by {@link SnapshotFormat}, in bounded memory, and proves every byte of it. */
final class SnapshotReader {
    private final DiskFile file;
    private final SnapshotInfo info;
    private final String path;
    private final ReadWindow window;

    /** Takes what a snapshot holds: its label and state first, then each entry. */
    interface Target {
        /** Takes label and state, and how many entries there will be. */
        void base(RecordId label, ByteBuffer state, long entries) throws IOException;

        /**
         * Takes the next entry.
         *
         * @param entry as {@link EntryCodec} lays it out, from its position to its limit; valid during the call only
         * @param position where it starts in the file at {@code path}
         */
        void entry(ByteBuffer entry, String path, long position) throws IOException, Damage;
    }

    /** Takes nothing: only the proof counts. */
    static final Target PROOF = new Target() {
        @Override
        public void base(RecordId label, ByteBuffer state, long entries) {
            // proven before it is given
        }

        @Override
        public void entry(ByteBuffer entry, String path, long position) {
            // proven before it is given
        }
    };

    private SnapshotReader(DiskFile file, SnapshotInfo info, String path, ReadWindow window) {
        this.file = file;
        this.info = info;
        this.path = path;
        this.window = window;
    }

    /** Gives the base and its entries to {@code target}. Returns how many entries there are. */
    static long read(Disk disk, SnapshotInfo info, ReadWindow window, Target target) throws IOException, Damage {
        try (DiskFile file = disk.open(info.fileName())) {
            return read(file, disk.path(info.fileName()), info, window, target);
        }
    }

    /** The same from an open file, which stays open. */
    static long read(DiskFile file, String path, SnapshotInfo info, ReadWindow window, Target target)
            throws IOException, Damage {
        FileHeader.check(file, path, FileHeader.SNAPSHOT, info.id(), info.salt());
        return new SnapshotReader(file, info, path, window).read(target);
    }

    private long read(Target target) throws IOException, Damage {
        window.open(file, info.footer(), file.size());
        ByteBuffer footer = window.next(SnapshotFormat.FOOTER_BYTES);
        int start = footer.position();
        if (footer.remaining() < SnapshotFormat.FOOTER_BYTES
                || footer.getInt(start) != SnapshotFormat.FOOTER_MAGIC
                || footer.getInt(start + SnapshotFormat.FOOTER_CRC)
                        != Checksum.salted(info.salt(), footer, start, SnapshotFormat.FOOTER_CRC)) {
            throw new Damage(path, info.footer(), "a footer", "none with a valid checksum");
        }
        int stateLength = footer.getInt(start + 4);
        long blocks = footer.getLong(start + 8);
        long entries = footer.getLong(start + 16);
        RecordId label =
                new RecordId(footer.getLong(start + 24), footer.getLong(start + 32), footer.getInt(start + 40));
        if (!label.equals(info.label())) {
            throw new Damage(path, info.footer() + 24, "label " + info.label(), label.toString());
        }
        target.base(label, state(footer.getInt(start + 48), stateLength), entries);

        window.open(file, FileHeader.BYTES, info.footer());
        long read = 0;
        for (long block = 0; block < blocks; block++) {
            read += block(block, target);
        }
        if (read != entries || window.remaining() != 0) {
            throw new Damage(path, window.position(), entries + " entries up to the footer", read + " entries");
        }
        return entries;
    }

    private ByteBuffer state(int crc, int length) throws IOException, Damage {
        long position = info.footer() + SnapshotFormat.FOOTER_BYTES;
        if (length < 0 || length > file.size() - position) {
            throw new Damage(path, position, "a state of " + length + " bytes", "the end of the file");
        }
        ByteBuffer state = ByteBuffer.allocate(length);
        file.readFully(state, position);
        state.flip();
        if (Checksum.salted(info.salt(), state, 0, state.limit()) != crc) {
            throw new Damage(path, position, "a state with a valid checksum", "another one");
        }
        return state.asReadOnlyBuffer();
    }

    private int block(long number, Target target) throws IOException, Damage {
        long position = window.position();
        ByteBuffer header = window.next(SnapshotFormat.BLOCK_HEADER_BYTES);
        int start = header.position();
        if (header.remaining() < SnapshotFormat.BLOCK_HEADER_BYTES
                || header.getInt(start) != SnapshotFormat.BLOCK_MAGIC
                || header.getInt(start + SnapshotFormat.BLOCK_HEADER_CRC)
                        != Checksum.salted(info.salt(), header, start, SnapshotFormat.BLOCK_HEADER_CRC)
                || header.getLong(start + 8) != number) {
            throw new Damage(path, position, "block " + number, "no valid block of that number");
        }
        int length = header.getInt(start + 4);
        int count = header.getInt(start + 16);
        int crc = header.getInt(start + SnapshotFormat.BLOCK_HEADER_CRC + Integer.BYTES);
        header.position(start + SnapshotFormat.BLOCK_HEADER_BYTES);
        if (length > window.remaining()) {
            throw new Damage(path, position, "a block before the footer", length + " bytes");
        }
        ByteBuffer bytes = window.next(length);
        if (bytes.remaining() < length || Checksum.salted(info.salt(), bytes, bytes.position(), length) != crc) {
            throw new Damage(path, position, "entries with a valid checksum", "others");
        }
        for (int i = 0; i < count; i++) {
            int entry = bytes.position();
            int entryEnd = entry + EntryCodec.length(bytes, entry, path, window.position());
            target.entry(bytes.duplicate().limit(entryEnd), path, window.position());
            bytes.position(entryEnd);
        }
        return count;
    }
}
