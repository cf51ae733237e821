package io.kvgrid.persistence.jdbc;

/**
 * A view of the grid's entries over the rows that {@link io.kvgrid.spi.persistence.EntryStoreAdapter} writes: the
 * entries of the generation that counts, with those records of the tail in front that are known to be committed.
 * Offsets are those of {@code RowFormat} and {@code RecordFormat}, plus one, since SQL counts from 1.
 */
final class EntriesView {
    /** How a product reads big-endian numbers, and writes bytes. */
    interface Numbers {
        String int32(String bytes);

        String int64(String bytes);

        String literal(String hex);
    }

    private EntriesView() {}

    static String sql(String table, Numbers numbers) {
        String key = "COALESCE(long_key, row_key)";
        String entries = "SELECT " + numbers.int32(part(key, 10, "4")) + " AS map_id, " + part(key, 14)
                + " AS entry_key, " + part("row_value", 21) + " AS entry_value, "
                + numbers.int64(part("row_value", 5, "8")) + " AS version, "
                + numbers.int64(part("row_value", 13, "8")) + " AS expiry_millis, 1 AS is_put FROM " + table
                + " WHERE " + part("row_key", 1, "1") + " = " + numbers.literal("05") + " AND "
                + part(key, 2, "8") + " = (SELECT " + part("row_value", 5, "8") + " FROM " + table
                + " WHERE row_key = " + numbers.literal("02") + ")";
        String keyLength = numbers.int32(part("row_value", 81, "4"));
        String kind = part("row_value", 4, "1");
        String put = numbers.literal("01");
        String tail = "SELECT " + numbers.int32(part("row_value", 29, "4")) + ", " + part("row_value", 97, keyLength)
                + ", SUBSTRING(row_value FROM 97 + " + keyLength + "), " + numbers.int64(part("row_value", 17, "8"))
                + ", " + numbers.int64(part("row_value", 41, "8")) + ", CASE WHEN " + kind + " = " + put
                + " THEN 1 ELSE 0 END FROM " + table + " WHERE " + part("row_key", 1, "1") + " = "
                + numbers.literal("04") + " AND " + kind + " IN (" + put + ", " + numbers.literal("02") + ") AND "
                + numbers.int64(part("row_key", 2, "8")) + " <= (SELECT " + numbers.int64(part("row_value", 5, "8"))
                + " FROM " + table + " WHERE row_key = " + numbers.literal("03") + ")";
        return "CREATE VIEW " + table + "_entries AS SELECT map_id, entry_key, entry_value, version, expiry_millis"
                + " FROM (SELECT DISTINCT ON (map_id, entry_key) * FROM (" + entries + " UNION ALL " + tail
                + ") AS both_kinds ORDER BY map_id, entry_key, version DESC) AS newest WHERE is_put = 1";
    }

    private static String part(String bytes, int from) {
        return "SUBSTRING(" + bytes + " FROM " + from + ")";
    }

    private static String part(String bytes, int from, String length) {
        return "SUBSTRING(" + bytes + " FROM " + from + " FOR " + length + ")";
    }
}
