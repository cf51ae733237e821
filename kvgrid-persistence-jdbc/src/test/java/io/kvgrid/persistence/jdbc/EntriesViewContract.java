package io.kvgrid.persistence.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What users see with SQL is what is committed. */
abstract class EntriesViewContract {
    private final Map<String, String> expected = new TreeMap<>();

    abstract DataSource database();

    @Test
    final void viewShowsTheCommittedEntries() throws Exception {
        Random random = new Random(7);
        Store store =
                new Store(JdbcPersistence.builder(database()).table("seen").build());
        for (int i = 0; i < 30; i++) {
            List<LogRecord> records = new ArrayList<>();
            for (int j = 0; j < 20; j++) {
                records.add(random.nextInt(4) == 0 ? store.chain.remove("k" + random.nextInt(60)) : put(store, random));
            }
            store.append(records);
            records.forEach(this::expect);
            store.commit(); // every 256 records the entries are moved, so both kinds of rows are there
            if (i % 10 == 3) {
                store.touch();
                assertThat(rows()).isEqualTo(expected);
            }
        }
        store.append(List.of(store.chain.put("uncommitted", "v")));
        assertThat(rows()).isEqualTo(expected).hasSizeGreaterThan(40);

        SnapshotInstallation installation = store.persistence.installSnapshot();
        ByteBuffer value = UTF_8.encode("of the snapshot");
        Store.get(installation.add(
                List.of(new SnapshotEntry(-5, ByteBuffer.wrap(new byte[700]), value, 9_000, 1L << 40))));
        assertThat(rows()).as("half an installation shows nothing").isEqualTo(expected);
        Store.get(installation.commit(new RecordId(3, 9_000, 5), UTF_8.encode("state")));
        String key = "00".repeat(700);
        assertThat(rows()).isEqualTo(Map.of("-5/" + key, "of the snapshot at 9000 until " + (1L << 40)));
        store.close();
    }

    private static LogRecord put(Store store, Random random) {
        byte[] key = ("k" + random.nextInt(60)).getBytes(UTF_8);
        byte[] value = ("v" + random.nextInt()).getBytes(UTF_8);
        return store.chain.put(1, key, value, random.nextBoolean() ? 0 : random.nextInt(1_000_000));
    }

    private void expect(LogRecord record) {
        String key = record.mapId() + "/" + hex(record.key());
        if (record.kind() == RecordKind.PUT) {
            expected.put(
                    key,
                    UTF_8.decode(record.value().duplicate()) + " at " + record.lsn() + " until "
                            + record.expiryMillis());
        } else {
            expected.remove(key);
        }
    }

    private Map<String, String> rows() throws SQLException {
        Map<String, String> rows = new TreeMap<>();
        try (Connection connection = database().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT map_id, entry_key, entry_value, version, expiry_millis FROM seen_entries")) {
            while (row.next()) {
                String key = row.getInt(1) + "/" + hex(ByteBuffer.wrap(row.getBytes(2)));
                String value = new String(row.getBytes(3), UTF_8);
                assertThat(rows.put(key, value + " at " + row.getLong(4) + " until " + row.getLong(5)))
                        .isNull();
            }
        }
        return rows;
    }

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.of().formatHex(copy);
    }
}
