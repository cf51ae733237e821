package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordId;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a finished backup holds.
 *
 * @param directory where it is
 * @param upTo the last record in it: it has the effect of this one and of all before, and of none behind;
 *     {@link RecordId#NONE} if nothing was committed
 * @param entries entries of its snapshot
 * @param records records behind the snapshot
 * @param bytes what its files take
 * @param took from the call to the end
 */
public record BackupReport(Path directory, RecordId upTo, long entries, long records, long bytes, Duration took) {}
