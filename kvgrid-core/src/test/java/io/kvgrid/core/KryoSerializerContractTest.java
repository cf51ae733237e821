package io.kvgrid.core;

import io.kvgrid.core.serialization.Samples;
import io.kvgrid.core.serialization.Samples.Card;
import io.kvgrid.core.serialization.Samples.Cash;
import io.kvgrid.core.serialization.Samples.Customer;
import io.kvgrid.core.serialization.Samples.Holder;
import io.kvgrid.core.serialization.Samples.Line;
import io.kvgrid.core.serialization.Samples.Status;
import io.kvgrid.core.serialization.Samples.Unregistered;
import io.kvgrid.spi.serialization.Serializer;
import io.kvgrid.testkit.SerializerContract;
import java.util.List;
import java.util.Optional;

class KryoSerializerContractTest extends SerializerContract<Object> {
    @Override
    protected Serializer<Object> serializer() {
        return Samples.anything();
    }

    @Override
    protected List<Object> values() {
        return List.of(
                new Cash(),
                new Card("4711"),
                Status.OPEN,
                Status.SHIPPED,
                new Line("", 0),
                new Line("\u00e4".repeat(1_000), Integer.MIN_VALUE),
                new Customer("Ada", Long.MAX_VALUE, List.of(new Line("pen", 1))),
                new Holder(List.of(1, 2L, "three")),
                Samples.order());
    }

    @Override
    protected Optional<Object> unregistered() {
        return Optional.of(new Unregistered("s3cret"));
    }
}
