package io.kvgrid.core.serialization;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Function;

/**
 * A collection: the number of its elements, then each with its class id. An element takes a byte at least, so a count
 * can be checked against the bytes left, and the list grows with what has arrived (X4). Kryo's own form writes the id
 * of a common class once, and then a few bytes can stand for any number of elements.
 */
final class CollectionCodec extends Serializer<Collection<?>> {
    /** No capacity is reserved beyond this before the elements are there. */
    static final int MAX_INITIAL_CAPACITY = 16;

    private final Function<List<Object>, Collection<?>> finish;

    /** @param finish makes the collection from its elements, which may contain null */
    CollectionCodec(Function<List<Object>, Collection<?>> finish) {
        this.finish = finish;
    }

    @Override
    public void write(Kryo kryo, Output output, Collection<?> collection) {
        if (collection instanceof SortedSet<?> sorted && sorted.comparator() != null) {
            throw new RefusedException(sorted.getClass().getName() + " with a comparator, which is code");
        }
        Object[] elements = collection.toArray();
        output.writeVarInt(elements.length, true);
        for (Object element : elements) {
            kryo.writeClassAndObject(output, element);
        }
    }

    @Override
    public Collection<?> read(Kryo kryo, Input input, Class<? extends Collection<?>> type) {
        return finish.apply(readElements(kryo, input));
    }

    static List<Object> readElements(Kryo kryo, Input input) {
        int count = BoundedInput.readCount(input);
        List<Object> elements = new ArrayList<>(Math.min(count, MAX_INITIAL_CAPACITY));
        for (int i = 0; i < count; i++) {
            elements.add(kryo.readClassAndObject(input));
        }
        return elements;
    }
}
