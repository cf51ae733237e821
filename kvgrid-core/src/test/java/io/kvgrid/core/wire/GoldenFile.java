package io.kvgrid.core.wire;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Bytes as a version of kvgrid writes them, in a text file: a line {@code name:}, then indented lines of hex. What stands
 * there is never changed: a new layout gets a new version and a new file (S25).
 */
final class GoldenFile {
    private GoldenFile() {}

    static Map<String, byte[]> read(String file) {
        Map<String, StringBuilder> hex = new LinkedHashMap<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(GoldenFile.class.getResourceAsStream(file), file), StandardCharsets.US_ASCII))) {
            StringBuilder current = new StringBuilder();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.endsWith(":")) {
                    current = new StringBuilder();
                    hex.put(line.substring(0, line.length() - 1), current);
                } else {
                    current.append(line.strip());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        hex.forEach((name, text) -> bytes.put(name, HexFormat.of().parseHex(text)));
        return bytes;
    }

    /** How {@code bytes} would stand in the file, for the text of a failure. */
    static String format(String name, byte[] bytes) {
        return "\n" + name + ":\n" + HexFormat.of().formatHex(bytes).replaceAll("(.{1,64})", "  $1\n");
    }
}
