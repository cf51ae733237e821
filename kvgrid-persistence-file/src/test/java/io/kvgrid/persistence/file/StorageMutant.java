package io.kvgrid.persistence.file;

/**
 * The store with one guard broken on purpose, by another text in its source. One that the checks do not find shows what
 * they cannot see.
 */
enum StorageMutant {
    ACKNOWLEDGE_WITHOUT_FORCE("S1", "SegmentWriter", "file.force(false);", ""),
    GO_ON_AFTER_A_FAILURE("S2", "GroupFlusher", "fatal = failure;", ""),
    CLOSE_CLEANLY_AFTER_A_FAILURE(
            "S2, S27", "FilePersistence", "store.close(!flusher.hasFailed());", "store.close(true);"),
    TRUST_WHAT_IS_IN_THE_CACHE(
            "S3",
            "Recovery",
            "allForcedUpTo(reader.groupEnd());\n        }",
            "allForcedUpTo(reader.groupEnd());\n        } else { allForcedUpTo(reader.groupEnd()); }"),
    ACCEPT_A_RECORD_OF_ANOTHER_HISTORY("S4, S9", "SegmentReader", "!record.follows(previous)", "false"),
    WATERMARK_BEFORE_THE_FORCE(
            "S6", "FileLog", "group.seal(active.salt(), durableLsn,", "group.seal(active.salt(), group.lastLsn(),"),
    NOTHING_IS_EVER_CORRUPT("S6, S7", "Recovery", "if (durableLsn >= lostLsn) {", "if (false) {"),
    LATER_GROUPS_ARE_NO_EVIDENCE("S6", "Recovery", "if (tail.durableLsn() >= lostLsn) {", "if (false) {"),
    GROUP_HEADER_WITHOUT_A_CHECKSUM(
            "S5", "GroupHeader", "&& bytes.getInt(start + CRC) == Checksum.salted(salt, bytes, start, CRC);", ";"),
    TORN_TAIL_STAYS(
            "S7", "Recovery", "return unforced.isEmpty() && cutReason.isEmpty();", "return unforced.isEmpty();"),
    STALE_CLEAN_MARK(
            "S8",
            "FileStore",
            "side.save(opened.mark(false), BootId.current());",
            "side.save(opened.mark(found.clean()), BootId.current());"),
    GO_ON_BEHIND_WHAT_WAS_TRUNCATED(
            "S9",
            "FileLog",
            "replaceActive(SegmentCut.apply(files, allocator, end), end.last());",
            "SegmentCut.apply(files, allocator, end); last = end.last(); durableLsn = last.lsn();"),
    SEGMENT_THAT_WAS_NOT_FORCED("S10", "SegmentAllocator", "file.force(position == capacity);", ""),
    SNAPSHOT_THAT_WAS_NOT_FORCED("S10", "SnapshotWriter", "file.force(true);", ""),
    RENAME_OF_A_FILE_THAT_WAS_NOT_FORCED("S11", "AtomicFile", "file.force(true);", ""),
    RENAME_WITHOUT_FORCE_OF_THE_DIRECTORY("S11", "AtomicFile", "disk.force();", ""),
    ONE_SLOT("S12", "ReplicaMeta", "int index = 1 - newestIndex;", "int index = newestIndex;"),
    PROMISE_WITHOUT_FORCE("S12, P24", "ReplicaMeta", "file.force(false);", ""),
    DELETE_BEFORE_THE_SWITCH(
            "S13",
            "StoreFiles",
            "        replaceManifest(next);",
            "        for (String n : old.fileNames()) { if (!next.fileNames().contains(n)) { disk.delete(n); } }"
                    + " replaceManifest(next);"),
    LAST_ROOM_IS_TAKEN(
            "S15",
            "SegmentAllocator",
            "if (usable < capacity + Reserve.SLACK_BYTES) {",
            "if (usable < capacity) {",
            MutantHunt.FULL_DISK),
    RESERVE_IS_NOT_GIVEN_BACK(
            "S15", "SegmentAllocator", "if (!files.reserve().release()) {", "if (true) {", MutantHunt.FULL_DISK),
    FULL_DISK_IS_A_FAILURE(
            "S15, S16",
            "DiskFullException",
            "return usable < bytes + Reserve.SLACK_BYTES",
            "return false",
            MutantHunt.FULL_DISK),
    INTERRUPT_STAYS("S17", "GroupFlusher", "if (Thread.interrupted()) {", "if (false) {", MutantHunt.INTERRUPTS),
    SHORT_WRITE_IS_TAKEN_FOR_ALL("S19", "DiskFile", "while (source.hasRemaining()) {", "if (source.hasRemaining()) {"),
    WRONG_END_OF_THE_LOG("S20", "SegmentCut", "kept.add(new SegmentInfo(", "kept.add(0, new SegmentInfo("),
    OWNER_IS_NOT_ASKED(
            "S21", "DirectoryLock", "if (recorded != null && recorded.lives()) {", "if (false) {", MutantHunt.OWNERS),
    SCRUB_READS_NOTHING(
            "S23",
            "Scrubber",
            "file.prove(files.disk(), window);",
            "if (window == null) { file.prove(files.disk(), window); }",
            MutantHunt.SCRUB),
    UNKNOWN_VERSION_IS_READ("S25", "FileHeader", "if (found != version || features != 0) {", "if (false) {"),
    CLEAN_MARK_THAT_PROMISES_TOO_MUCH(
            "S27",
            "FileLog",
            "return new Mark(clean, info.id(), info.salt(), durableLsn,",
            "return new Mark(clean, info.id(), info.salt(), durableLsn + 1,"),
    BACKUP_ABOVE_THE_COMMIT_INDEX(
            "S28, P33",
            "StoreImage",
            "Math.min(view.durableLsn(), Math.max(committed, view.base().lsn()));",
            "view.durableLsn();",
            MutantHunt.BACKUPS),
    BACKUP_AMONG_OTHER_FILES(
            "S28",
            "StoreCopy",
            "if (!name.equals(DirectoryLock.LOCK) && !name.equals(DirectoryLock.OWNER)) {",
            "if (false) {",
            MutantHunt.BACKUPS),
    FAILED_BACKUP_STAYS("S28", "Backup", "copy.discard();", "", MutantHunt.BACKUPS),
    BACKUP_OF_FILES_THAT_WERE_CUT("S28", "StoreImage", "if (!isNeeded) {", "if (false) {", MutantHunt.BACKUPS),
    COMPACTION_FORGETS_REMOVALS("P33", "Compaction", "|| record.kind() == RecordKind.REMOVE", ""),
    COMPACTION_ABOVE_ITS_LABEL(
            "P33, P34",
            "Compaction",
            "while (last.lsn() < labelLsn && reader.hasNextRecord()) {",
            "while (reader.hasNextRecord()) {");

    private final String rules;
    private final String type;
    private final String original;
    private final String broken;
    private final String firstCheck;

    StorageMutant(String rules, String type, String original, String broken) {
        this(rules, type, original, broken, "");
    }

    /** @param firstCheck one of {@link MutantHunt}'s, if all others would be in vain, mostly */
    StorageMutant(String rules, String type, String original, String broken, String firstCheck) {
        this.rules = rules;
        this.type = type;
        this.original = original;
        this.broken = broken;
        this.firstCheck = firstCheck;
    }

    /** What it breaks. */
    String rules() {
        return rules;
    }

    /** The class that is changed. */
    String type() {
        return type;
    }

    /** Which check is the first to look for it; empty for the usual order. */
    String firstCheck() {
        return firstCheck;
    }

    /** Its source after the change, which must be possible in exactly one way. */
    String applyTo(String source) {
        int at = source.indexOf(original);
        if (at < 0 || source.indexOf(original, at + 1) >= 0) {
            throw new AssertionError(this + " no longer fits: " + type + " must have this exactly once: " + original);
        }
        return source.substring(0, at) + broken + source.substring(at + original.length());
    }
}
