package io.kvgrid.core.wire;

import io.kvgrid.core.message.Message.Append;
import io.kvgrid.core.message.Message.AppendAck;
import io.kvgrid.core.message.Message.AppendReject;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordId;
import java.util.ArrayList;
import java.util.List;

/**
 * The log's messages. A record id is epoch (8), LSN (8) and checksum (4).
 *
 * <pre>
 *  Append                          AppendAck                AppendReject
 *  offset width field              offset width field       offset width field
 *       0    20 previous record         0    20 flushed          0    20 last record
 *      20     8 commit LSN             20     8 last LSN         20
 *      28     4 number of records      28
 *      32       records, each as {@link RecordFormat} has it
 * </pre>
 *
 * A record's own bytes travel, with the checksums that the first writer made; they are verified here, before anyone
 * appends them (S22), and each record must be the next one behind the record before it (P12).
 */
final class AppendCodec {
    static final int HEADER_BYTES = WireWriter.RECORD_ID_BYTES + Long.BYTES + Integer.BYTES;

    private AppendCodec() {}

    static void write(WireWriter out, Append append) {
        List<LogRecord> records = append.records();
        int count = records.size();
        out.recordId(append.previous()).i64(append.commitLsn()).i32(count);
        out.reserveTail(count);
        for (int i = 0; i < count; i++) {
            out.tail(records.get(i).bytes());
        }
    }

    static Append readAppend(WireReader in) throws MalformedMessageException {
        RecordId previous = in.recordId("previous record");
        long commitLsn = in.atLeast(0L, "commit LSN");
        int count = in.count("number of records", RecordFormat.HEADER_BYTES);
        List<LogRecord> records = new ArrayList<>(count);
        RecordId last = previous;
        for (int i = 0; i < count; i++) {
            LogRecord record = in.record("record");
            if (!record.follows(last)) {
                throw in.malformed(
                        "record",
                        record.length(),
                        "one that follows " + last,
                        record.id().toString());
            }
            records.add(record);
            last = record.id();
        }
        return new Append(previous, commitLsn, records);
    }

    static void write(WireWriter out, AppendAck ack) {
        out.recordId(ack.flushed()).i64(ack.lastLsn());
    }

    static AppendAck readAck(WireReader in) throws MalformedMessageException {
        return new AppendAck(in.recordId("flushed"), in.atLeast(0L, "last LSN"));
    }

    static void write(WireWriter out, AppendReject reject) {
        out.recordId(reject.last());
    }

    static AppendReject readReject(WireReader in) throws MalformedMessageException {
        return new AppendReject(in.recordId("last record"));
    }
}
