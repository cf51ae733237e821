package io.kvgrid;

import io.kvgrid.spi.serialization.Serializer;
import java.util.Optional;

/**
 * A named map and how its keys and values become bytes.
 *
 * @param keySerializer empty for the built-in one of the type
 * @param valueSerializer empty for the built-in one of the type
 */
public record MapSettings<K, V>(
        String name,
        Class<K> keyType,
        Class<V> valueType,
        Optional<Serializer<K>> keySerializer,
        Optional<Serializer<V>> valueSerializer) {

    public MapSettings {
        Names.check("map name", name);
    }

    /** A map with the built-in serializers of the types. */
    public static <K, V> MapSettings<K, V> of(String name, Class<K> keyType, Class<V> valueType) {
        return new MapSettings<>(name, keyType, valueType, Optional.empty(), Optional.empty());
    }

    /** The same map with another serializer for values. */
    public MapSettings<K, V> serializer(Serializer<V> serializer) {
        return new MapSettings<>(name, keyType, valueType, keySerializer, Optional.of(serializer));
    }

    /** The same map with another serializer for keys. */
    public MapSettings<K, V> keySerializer(Serializer<K> serializer) {
        return new MapSettings<>(name, keyType, valueType, Optional.of(serializer), valueSerializer);
    }
}
