package io.kvgrid.core.serialization;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Array;
import java.util.List;

/** An array of objects, or of booleans: like a {@link CollectionCodec collection} of its elements. */
final class ArrayCodec extends Serializer<Object> {
    private final Class<?> componentType;

    ArrayCodec(Class<?> componentType) {
        this.componentType = componentType;
    }

    @Override
    public void write(Kryo kryo, Output output, Object array) {
        int length = Array.getLength(array);
        output.writeVarInt(length, true);
        for (int i = 0; i < length; i++) {
            kryo.writeClassAndObject(output, Array.get(array, i));
        }
    }

    @Override
    public Object read(Kryo kryo, Input input, Class<?> type) {
        List<Object> elements = CollectionCodec.readElements(kryo, input);
        Object array = Array.newInstance(componentType, elements.size());
        for (int i = 0; i < elements.size(); i++) {
            Array.set(array, i, elements.get(i)); // refuses an element of another type
        }
        return array;
    }
}
