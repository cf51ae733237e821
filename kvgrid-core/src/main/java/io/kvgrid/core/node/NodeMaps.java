package io.kvgrid.core.node;

import io.kvgrid.GridMap;
import io.kvgrid.MapSettings;
import io.kvgrid.core.client.MapView;
import io.kvgrid.core.runtime.LocalMember;
import io.kvgrid.core.serialization.BuiltInSerializers;
import io.kvgrid.spi.GridNodeSettings;
import io.kvgrid.spi.serialization.Serializer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/** The maps of one node: the default one, and those opened later. */
final class NodeMaps<K, V> {
    private final MapSettings<K, V> defaultMap;
    private final Serializer<K> keys;
    private final Serializer<V> values;

    private NodeMaps(MapSettings<K, V> defaultMap, Serializer<K> keys, Serializer<V> values) {
        this.defaultMap = defaultMap;
        this.keys = keys;
        this.values = values;
    }

    /** @throws IllegalArgumentException if a type of the default map has no serializer */
    static <K, V> NodeMaps<K, V> of(GridNodeSettings<K, V> settings) {
        MapSettings<K, V> map = settings.defaultMap();
        return new NodeMaps<>(map, keys(map), values(map));
    }

    private static <A> Serializer<A> keys(MapSettings<A, ?> map) {
        return map.keySerializer().orElseGet(() -> BuiltInSerializers.forType(map.keyType()));
    }

    private static <B> Serializer<B> values(MapSettings<?, B> map) {
        return map.valueSerializer().orElseGet(() -> BuiltInSerializers.forType(map.valueType()));
    }

    /** What nodes compare when they connect. */
    List<String> description() {
        return description(keys, values);
    }

    private static List<String> description(Serializer<?> keys, Serializer<?> values) {
        List<String> lines = new ArrayList<>();
        keys.description().forEach(line -> lines.add("key " + line));
        values.description().forEach(line -> lines.add("value " + line));
        return lines;
    }

    Opened<K, V> open(LocalMember member, GridNodeSettings<K, V> settings) {
        return new Opened<>(
                defaultMap,
                new MapView<>(
                        member,
                        0,
                        keys,
                        values,
                        settings.limits(),
                        settings.operationTimeout().toNanos()),
                member,
                settings);
    }

    /** The open maps. Thread-safe. */
    static final class Opened<K, V> {
        private final MapView<K, V> first;
        private final LocalMember member;
        private final GridNodeSettings<K, V> node;
        private final Map<String, MapSettings<?, ?>> settings = new HashMap<>();
        private final Map<String, GridMap<?, ?>> maps = new HashMap<>();
        private final Map<Integer, String> ids = new HashMap<>();

        Opened(MapSettings<K, V> defaultMap, MapView<K, V> first, LocalMember member, GridNodeSettings<K, V> node) {
            this.first = first;
            this.member = member;
            this.node = node;
            settings.put(defaultMap.name(), defaultMap);
            maps.put(defaultMap.name(), first);
            ids.put(0, defaultMap.name());
        }

        MapView<K, V> first() {
            return first;
        }

        @SuppressWarnings("unchecked") // the settings of the map that is open are equal, its types too
        synchronized <A, B> GridMap<A, B> map(MapSettings<A, B> wanted) {
            MapSettings<?, ?> open = settings.get(wanted.name());
            GridMap<?, ?> map = maps.get(wanted.name());
            if (open == null || map == null) {
                return open(wanted);
            }
            if (!open.keyType().equals(wanted.keyType()) || !open.valueType().equals(wanted.valueType())) {
                throw new IllegalStateException("map '" + wanted.name() + "' is open with "
                        + open.keyType().getName() + " and " + open.valueType().getName());
            }
            if (!NodeMaps.description(keys(open), values(open))
                    .equals(NodeMaps.description(keys(wanted), values(wanted)))) {
                throw new IllegalStateException("map '" + wanted.name() + "' is open with another serializer");
            }
            return (GridMap<A, B>) map;
        }

        private <A, B> GridMap<A, B> open(MapSettings<A, B> wanted) {
            int id = idOf(wanted.name());
            String taken = ids.get(id);
            if (taken != null) {
                throw new IllegalStateException("the names of the maps '" + taken + "' and '" + wanted.name()
                        + "' collide: choose another one");
            }
            MapView<A, B> map = new MapView<>(
                    member,
                    id,
                    keys(wanted),
                    values(wanted),
                    node.limits(),
                    node.operationTimeout().toNanos());
            ids.put(id, wanted.name());
            settings.put(wanted.name(), wanted);
            maps.put(wanted.name(), map);
            return map;
        }

        /** The same on every node, without asking any. Never 0, which is the default map. */
        private static int idOf(String name) {
            CRC32C crc = new CRC32C();
            crc.update(name.getBytes(StandardCharsets.UTF_8));
            return ((int) crc.getValue() & Integer.MAX_VALUE) | 1;
        }
    }
}
