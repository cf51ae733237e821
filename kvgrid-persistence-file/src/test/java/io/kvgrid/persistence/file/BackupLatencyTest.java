package io.kvgrid.persistence.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a backup costs those who write meanwhile, at several rates. Figures only: {@code mvn verify -pl
 * kvgrid-persistence-file -am -Dtest=BackupLatencyTest -Dsurefire.failIfNoSpecifiedTests=false -Dkvgrid.timing=true}.
 */
@EnabledIfSystemProperty(
        named = "kvgrid.timing",
        matches = "true",
        disabledReason = "figures are taken with -Dkvgrid.timing=true where nothing else runs")
class BackupLatencyTest {
    private static final int KEYS = Integer.getInteger("kvgrid.keys", 400_000);
    private static final int WARM_UP = 1_000_000;
    private static final int GROUPS = 2_000;
    private static final int MOST_BACKUPS = 20;

    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, 32 << 20, 8 << 20})
    void groupsBesideBackups(long bytesPerSecond) throws IOException {
        LoadWriter writer = new LoadWriter(temp.resolve("live"), KEYS, false, 64 << 20);
        writer.write(0, KEYS);
        writer.commit();
        writer.awaitBackground();
        writer.write(KEYS, WARM_UP);
        List<Long> alone = new ArrayList<>();
        List<Long> beside = new ArrayList<>();

        for (int i = 0; i < MOST_BACKUPS && beside.size() < GROUPS; i++) {
            writer.forgetFigures();
            writer.write(KEYS, GROUPS / 4 * LoadWriter.GROUP);
            alone.addAll(writer.nanos);
            writer.forgetFigures();
            CompletableFuture<BackupReport> backup = writer.store.backup(temp.resolve("backup" + i), bytesPerSecond);
            while (!backup.isDone()) {
                writer.write(KEYS, LoadWriter.GROUP);
            }
            beside.addAll(writer.nanos);
            BackupReport report = backup.join();
            System.out.printf(
                    "BACKUP %.1f MB in %.1f s%n",
                    report.bytes() / 1e6, report.took().toMillis() / 1e3);
        }
        writer.store.close();

        System.out.printf(
                "BACKUP at most %s: a group of %d takes, in microseconds, alone %s, beside it %s%n",
                bytesPerSecond == Long.MAX_VALUE ? "as fast as it goes" : (bytesPerSecond >> 20) + " MiB/s",
                LoadWriter.GROUP,
                figures(alone),
                figures(beside));
    }

    private static String figures(List<Long> nanos) {
        return "p50 %d p99 %d max %d of %d"
                .formatted(
                        LoadWriter.percentile(nanos, 50),
                        LoadWriter.percentile(nanos, 99),
                        Collections.max(nanos) / 1_000,
                        nanos.size());
    }
}
