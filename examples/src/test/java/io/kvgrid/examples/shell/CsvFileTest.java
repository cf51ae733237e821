package io.kvgrid.examples.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvFileTest {
    @Test
    void valueIsAllBehindTheFirstComma() {
        assertThat(CsvFile.entry("k,v")).contains(Map.entry("k", "v"));
        assertThat(CsvFile.entry("k,v,w")).contains(Map.entry("k", "v,w"));
        assertThat(CsvFile.entry("k,")).contains(Map.entry("k", ""));
    }

    @Test
    void columnsMayBeQuoted() {
        assertThat(CsvFile.entry("\"a,b\",\"say \"\"c\"\"\"")).contains(Map.entry("a,b", "say \"c\""));
        assertThat(CsvFile.entry("k,\"\"")).contains(Map.entry("k", ""));
    }

    @Test
    void quotesWithinAValueStay() {
        assertThat(CsvFile.entry("k,\"a\",b")).contains(Map.entry("k", "\"a\",b"));
        assertThat(CsvFile.entry("k,a \"b\"")).contains(Map.entry("k", "a \"b\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"k", ",v", "\"k,v", "\"k\"v", "\"k\"", "\""})
    void lineWithoutKeyAndCommaIsNoEntry(String line) {
        assertThat(CsvFile.entry(line)).isEmpty();
    }
}
