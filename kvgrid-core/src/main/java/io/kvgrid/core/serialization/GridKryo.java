package io.kvgrid.core.serialization;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Output;
import java.util.List;

/**
 * A Kryo that knows the standard types and the registered ones, and nothing else. Not thread-safe; building one costs
 * far more than using it, so {@link KryoCodec} keeps some.
 */
final class GridKryo extends Kryo {
    private static final int INITIAL_BYTES = 512;
    private static final int KEPT_BYTES = 64 << 10;

    private final Output output = new Output(INITIAL_BYTES, KryoCodec.MAX_BYTES);

    GridKryo(List<RegisteredType> types) {
        super(new NumericClassResolver(), null); // no references: an object that occurs twice is written twice
        setOptimizedGenerics(false); // class ids for all elements: no state left behind by a failed read
        setMaxDepth(KryoCodec.MAX_DEPTH);
        StandardTypes.registerIn(this);
        for (RegisteredType type : types) {
            register(type.type(), type.serializer(), type.id());
        }
    }

    /** The bytes of {@code value}, its class id first. */
    byte[] write(Object value) {
        writeClassAndObject(output, value);
        byte[] bytes = output.toBytes();
        output.reset();
        if (output.getBuffer().length > KEPT_BYTES) {
            output.setBuffer(new byte[INITIAL_BYTES], KryoCodec.MAX_BYTES);
        }
        return bytes;
    }

    @Override
    protected String unregisteredClassMessage(@SuppressWarnings("rawtypes") Class type) {
        String name = type.getName();
        throw new RefusedException(
                RegisteredType.isPartOfTheJdk(type)
                        ? name + " is not among the standard types; use one of those, or wrap it in a class of your own"
                        : name + " is not registered: add register(" + type.getSimpleName()
                                + ".class, <id>) to the KryoSerializer of every node");
    }
}
