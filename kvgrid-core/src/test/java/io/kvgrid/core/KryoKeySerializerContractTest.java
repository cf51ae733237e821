package io.kvgrid.core;

import io.kvgrid.core.serialization.Samples;
import io.kvgrid.core.serialization.Samples.Line;
import io.kvgrid.spi.serialization.Serializer;
import io.kvgrid.testkit.SerializerContract;
import java.util.List;

/** A record without sets or maps, as a key. */
class KryoKeySerializerContractTest extends SerializerContract<Object> {
    @Override
    protected Serializer<Object> serializer() {
        return Samples.anything();
    }

    @Override
    protected List<Object> values() {
        return List.of(new Line("", 0), new Line("pen", 1), new Line("pen", -1), new Line("\ud83d\ude00", 1));
    }

    @Override
    protected boolean isForKeys() {
        return true;
    }
}
