package io.kvgrid.core.serialization;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A map: the number of its entries, then key and value of each, both with their class ids; see {@link CollectionCodec}.
 */
final class MapCodec extends Serializer<Map<?, ?>> {
    private final Supplier<Map<Object, Object>> create;
    private final UnaryOperator<Map<Object, Object>> finish;

    MapCodec(Supplier<Map<Object, Object>> create, UnaryOperator<Map<Object, Object>> finish) {
        this.create = create;
        this.finish = finish;
    }

    @Override
    public void write(Kryo kryo, Output output, Map<?, ?> map) {
        if (map instanceof SortedMap<?, ?> sorted && sorted.comparator() != null) {
            throw new RefusedException(sorted.getClass().getName() + " with a comparator, which is code");
        }
        Map.Entry<?, ?>[] entries = map.entrySet().toArray(Map.Entry<?, ?>[]::new);
        output.writeVarInt(entries.length, true);
        for (Map.Entry<?, ?> entry : entries) {
            kryo.writeClassAndObject(output, entry.getKey());
            kryo.writeClassAndObject(output, entry.getValue());
        }
    }

    @Override
    public Map<?, ?> read(Kryo kryo, Input input, Class<? extends Map<?, ?>> type) {
        int count = BoundedInput.readCount(input);
        Map<Object, Object> map = create.get();
        for (int i = 0; i < count; i++) {
            Object key = kryo.readClassAndObject(input);
            map.put(key, kryo.readClassAndObject(input));
        }
        return finish.apply(map);
    }
}
