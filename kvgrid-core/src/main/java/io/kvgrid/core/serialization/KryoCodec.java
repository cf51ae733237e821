package io.kvgrid.core.serialization;

import com.esotericsoftware.kryo.io.KryoBufferOverflowException;
import com.esotericsoftware.kryo.util.Pool;
import io.kvgrid.spi.serialization.SerializationException;
import io.kvgrid.spi.serialization.Serializer;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Values of one root type as Kryo writes them: the class id, then the object. Thread-safe.
 *
 * <p>Total (X14): any bytes give a value of the root type or a {@link SerializationException}. Only standard and
 * registered types are created (X2), nothing is allocated for a length that the bytes do not hold (X4), nesting is
 * limited, and all bytes must be used up.
 */
public final class KryoCodec<T> implements Serializer<T> {
    /** The longest encoded value: what fits into one frame. */
    public static final int MAX_BYTES = 1 << 20;

    /** How deep objects may be nested. */
    public static final int MAX_DEPTH = 100;

    /** Changes whenever the bytes of a standard type do. */
    private static final String FORMAT = "kryo5.1";

    private final Class<T> root;
    private final List<String> description;
    private final Pool<GridKryo> pool;

    /** @param types the registered types in the order of their ids, which are unique */
    public KryoCodec(Class<T> root, List<RegisteredType> types) {
        this.root = root;
        this.description = Stream.concat(
                        Stream.of("0 " + root.getTypeName() + " root:" + FORMAT),
                        types.stream().map(RegisteredType::line))
                .toList();
        List<RegisteredType> registered = List.copyOf(types);
        this.pool = new Pool<>(true, false, 2 * Runtime.getRuntime().availableProcessors()) {
            @Override
            protected GridKryo create() {
                return new GridKryo(registered);
            }
        };
    }

    @Override
    public byte[] serialize(T value) {
        Objects.requireNonNull(value, "value");
        if (!root.isInstance(value)) {
            throw new SerializationException(unwritable(value) + "the map holds " + root.getTypeName());
        }
        try {
            GridKryo kryo = pool.obtain();
            byte[] bytes = kryo.write(value);
            pool.free(kryo); // one that has failed is not used again
            return bytes;
        } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
            throw failure(unwritable(value), e);
        }
    }

    @Override
    public T deserialize(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new SerializationException(unreadable(bytes) + "longer than " + MAX_BYTES);
        }
        BoundedInput input = new BoundedInput(bytes);
        Object value;
        try {
            GridKryo kryo = pool.obtain();
            value = kryo.readClassAndObject(input);
            pool.free(kryo);
        } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
            throw failure(unreadable(bytes), e);
        }
        if (!root.isInstance(value)) {
            String found = value == null ? "null" : "a " + value.getClass().getTypeName();
            throw new SerializationException(unreadable(bytes) + "they hold " + found);
        }
        if (input.remaining() > 0) {
            throw new SerializationException(unreadable(bytes) + input.remaining() + " bytes are left over");
        }
        return root.cast(value);
    }

    @Override
    public List<String> description() {
        return description;
    }

    private static String unwritable(Object value) {
        return "cannot write a value of " + value.getClass().getTypeName() + ": ";
    }

    private String unreadable(byte[] bytes) {
        return bytes.length + " bytes are no valid " + root.getTypeName() + ": ";
    }

    private static SerializationException failure(String problem, Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null && !(root instanceof RefusedException)) {
            root = root.getCause();
        }
        if (root instanceof OutOfMemoryError lack) {
            throw lack; // says nothing about the bytes
        }
        return new SerializationException(problem + reason(root), withoutContent(root));
    }

    private static String reason(Throwable root) {
        if (root instanceof RefusedException refused) {
            return refused.reason();
        }
        if (root instanceof KryoBufferOverflowException) {
            return "longer than " + MAX_BYTES + " bytes";
        }
        String message = String.valueOf(root.getMessage());
        if (message.startsWith("Max depth exceeded") || root instanceof StackOverflowError) {
            return "nested deeper than " + MAX_DEPTH + " levels, or in a circle";
        }
        return root.getClass().getName();
    }

    /** The place of a failure, without its message, which may quote the value (X11). */
    private static Throwable withoutContent(Throwable thrown) {
        RuntimeException place = new RuntimeException(thrown.getClass().getName());
        place.setStackTrace(thrown.getStackTrace());
        return place;
    }
}
