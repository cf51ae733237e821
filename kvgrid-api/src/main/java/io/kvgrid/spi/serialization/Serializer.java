package io.kvgrid.spi.serialization;

import java.util.List;

/**
 * Turns objects into bytes and back. Runs on the threads that call the grid, never on the grid's own. Thread-safe.
 *
 * <p>Keys: equal keys must give equal bytes, on every node and in every run.
 */
public interface Serializer<T> {
    /**
     * The bytes of {@code value}.
     *
     * @throws SerializationException if the value's type is not registered or it cannot be written; names the class,
     *     never the content
     */
    byte[] serialize(T value);

    /**
     * The object that {@code bytes} stand for. Must create only types that were registered (X2), whatever the bytes.
     *
     * @throws SerializationException if they are not valid
     */
    T deserialize(byte[] bytes);

    /**
     * What this serializer writes, one line for each registered type in a fixed order, for example {@code "100
     * com.acme.Order"}. Nodes compare it when they connect, and refuse each other if it differs.
     */
    List<String> description();
}
