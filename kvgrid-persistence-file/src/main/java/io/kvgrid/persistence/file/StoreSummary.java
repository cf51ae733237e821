package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;

/** What a store holds, in a few lines. */
final class StoreSummary implements RecoveryHandler {
    private RecordId last = RecordId.NONE;
    private long committed;

    private StoreSummary() {}

    /** Reads everything, and says what it was. */
    static void verify(StoreReader reader, PrintWriter out) throws IOException {
        StoreSummary summary = new StoreSummary();
        RecoveryReport report = reader.readAll(summary);
        out.println("snapshot up to " + reader.manifest().base() + ", " + report.entries() + " entries");
        out.println("log of " + report.records() + " records up to " + summary.last + " in " + report.segments()
                + " segments; committed up to lsn " + summary.committed);
        out.println(report.bytesRead() + " bytes read");
        if (!report.cutReason().isEmpty()) {
            out.println("torn end, never known to be durable, which the next start cuts: " + report.bytesCut()
                    + " bytes; " + report.cutReason());
        }
    }

    /** Says which files there are, without reading them. */
    static void files(StoreReader reader, PrintWriter out) throws IOException {
        Manifest manifest = reader.manifest();
        Mark mark = reader.mark();
        out.println("manifest generation=" + manifest.generation() + " nextFile=" + manifest.nextId());
        out.println("meta clean=" + mark.clean() + " growing=" + FileNames.segment(mark.segmentId()) + " durable="
                + mark.durableLsn() + " committed=" + mark.commitLsn());
        SnapshotInfo snapshot = manifest.snapshot();
        if (snapshot != null) {
            String name = snapshot.fileName();
            out.println(name + " bytes=" + reader.length(name) + " label=" + snapshot.label());
        }
        for (SegmentInfo segment : manifest.segments()) {
            String name = segment.fileName();
            out.println(name + " bytes=" + reader.length(name) + " behind=" + segment.before() + " durable="
                    + segment.durableLsn() + (segment.sealed() ? " end=" + segment.end() : " growing"));
        }
    }

    @Override
    public void base(RecordId id, ByteBuffer state) {
        last = id;
        committed = id.lsn();
    }

    @Override
    public void entry(SnapshotEntry entry) {
        // counted by the report
    }

    @Override
    public void record(LogRecord record) {
        last = record.id();
    }

    @Override
    public void committed(long lsn) {
        committed = lsn;
    }
}
