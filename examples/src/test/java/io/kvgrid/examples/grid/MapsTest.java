package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.GridMap;
import io.kvgrid.GridNode;
import io.kvgrid.MapSettings;
import io.kvgrid.ReadConsistency;
import io.kvgrid.WriteOptions;
import io.kvgrid.core.KryoSerializer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Many maps on one log. */
class MapsTest extends GridTest {
    record Point(int x, int y) {}

    @Test
    void mapsDoNotMixOnAnyNodeAndShareOneOrder() {
        GridNode<String, String> a = startReady(host("a"));
        GridNode<String, String> b = startReady(member("b", a));
        long first = join(a.insert("k", "default")).version();
        long second = join(a.map("users", String.class, String.class).insert("k", "user"))
                .version();
        long third =
                join(b.map("count", String.class, Long.class).insert("k", 7L)).version();

        for (GridNode<String, String> node : List.of(a, b)) {
            assertThat(join(node.get("k"))).contains("default");
            assertThat(join(node.map("users", String.class, String.class).get("k")))
                    .contains("user");
            assertThat(join(node.map("count", String.class, Long.class).get("k")))
                    .contains(7L);
            assertThat(join(node.map("empty", String.class, String.class).get("k")))
                    .isEmpty();
        }
        assertThat(List.of(first, second, third)).isSorted().doesNotHaveDuplicates();
        join(a.map("users", String.class, String.class).remove("k"));
        assertThat(join(b.map("users", String.class, String.class).get("k"))).isEmpty();
        assertThat(join(b.get("k"))).contains("default");
        assertThat(a.view().entries()).isEqualTo(2);
    }

    @Test
    void conditionsSeeOnlyTheirOwnMap() {
        GridNode<String, String> node = startReady(host("a"));
        join(node.insert("k", "v"));

        join(node.map("other", String.class, String.class).insert("k", "w", WriteOptions.DEFAULT.ifAbsent()));

        assertThat(join(node.get("k"))).contains("v");
    }

    @Test
    void mapMayBeOpenedBeforeTheNodeIsReadyAndSurvivesARestart() {
        GridNode<String, String> node = start(host("a"));
        join(node.map("early", Long.class, String.class).insert(1L, "v", PATIENT));
        node.close();

        GridNode<String, String> again = start(host("a"));

        assertThat(join(again.map("early", Long.class, String.class).get(1L))).contains("v");
        assertThat(join(again.map("early", Long.class, String.class).get(1L, ReadConsistency.LOCAL)))
                .contains("v");
    }

    @Test
    void sameSettingsGiveTheSameMap() {
        GridNode<String, String> node = startReady(host("a"));
        GridMap<Long, Long> map = node.map("m", Long.class, Long.class);

        assertThat(node.map("m", Long.class, Long.class)).isSameAs(map);
        GridMap<String, String> byName = node.map("default", String.class, String.class);
        join(byName.insert("k", "v"));
        assertThat(node.peek("k")).as("the default map has a name, too").isEqualTo("v");
    }

    @Test
    void mapThatIsOpenOtherwiseIsRefused() {
        GridNode<String, String> node = startReady(host("a"));
        var points = MapSettings.of("points", String.class, Point.class);
        node.map(points.serializer(
                KryoSerializer.builder(Point.class).register(Point.class, 100).build()));

        assertThatThrownBy(() -> node.map("points", String.class, String.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("points", Point.class.getName());
        assertThatThrownBy(() -> node.map("default", String.class, Long.class))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> node.map(points.serializer(KryoSerializer.builder(Point.class)
                        .register(Point.class, 101)
                        .build())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("points", "serializer");
        assertThatThrownBy(() -> node.map("bad name", String.class, String.class))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> node.map("unknown", String.class, Point.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("KryoSerializer");
        // nothing was half opened
        join(node.map("unknown", String.class, String.class).insert("k", "v"));
    }

    @Test
    void namesThatWouldShareANumberAreRefused() {
        GridNode<String, String> node = startReady(host("a"));
        String[] names = collidingNames();
        node.map(names[0], String.class, String.class);

        assertThatThrownBy(() -> node.map(names[1], String.class, String.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(names[0], names[1], "choose another");
    }

    /** Two names with one checksum; there are about 100,000 names to try. */
    private static String[] collidingNames() {
        Map<Integer, String> seen = new HashMap<>();
        for (long i = 0; ; i++) {
            String name = "map-" + Long.toHexString(i * 0x9E3779B97F4A7C15L); // a CRC keeps similar names apart
            CRC32C crc = new CRC32C();
            crc.update(name.getBytes(StandardCharsets.UTF_8));
            String other = seen.put(((int) crc.getValue() & Integer.MAX_VALUE) | 1, name);
            if (other != null) {
                return new String[] {other, name};
            }
        }
    }
}
