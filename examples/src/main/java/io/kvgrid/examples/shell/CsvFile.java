package io.kvgrid.examples.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A file of entries, one a line: the first column is the key, all that follows the comma behind it is the value. Either
 * may be quoted, {@code "so, with ""quotes"" doubled"}. Empty lines mean nothing. UTF-8.
 */
final class CsvFile implements AutoCloseable {
    private final BufferedReader reader;

    CsvFile(Path file) throws IOException {
        reader = Files.newBufferedReader(file);
    }

    /** The next line that is not empty; empty at the end. */
    Optional<String> next() throws IOException {
        String line = reader.readLine();
        while (line != null && line.isEmpty()) {
            line = reader.readLine();
        }
        return Optional.ofNullable(line);
    }

    /** The entry on a line; empty if it has no comma, or a quote is not closed. */
    static Optional<Map.Entry<String, String>> entry(String line) {
        int comma = line.startsWith("\"") ? closingQuote(line) + 1 : line.indexOf(',');
        if (comma <= 0 || comma >= line.length() || line.charAt(comma) != ',') {
            return Optional.empty();
        }
        return Optional.of(Map.entry(unquote(line.substring(0, comma)), unquote(line.substring(comma + 1))));
    }

    /** Where the quote that opens {@code text} is closed; -1 if nowhere. */
    private static int closingQuote(String text) {
        int quote = text.indexOf('"', 1);
        while (quote >= 0 && text.startsWith("\"\"", quote)) {
            quote = text.indexOf('"', quote + 2);
        }
        return quote;
    }

    private static String unquote(String column) {
        boolean quoted = column.startsWith("\"") && closingQuote(column) == column.length() - 1;
        return quoted ? column.substring(1, column.length() - 1).replace("\"\"", "\"") : column;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
