package io.kvgrid.core.serialization;

import io.kvgrid.spi.serialization.Serializer;
import java.util.List;

/** Bytes as they are, copied on the way in and out: neither the caller's array nor the grid's is shared. */
final class ByteArraySerializer implements Serializer<byte[]> {
    @Override
    public byte[] serialize(byte[] value) {
        return value.clone();
    }

    @Override
    public byte[] deserialize(byte[] bytes) {
        return bytes.clone();
    }

    @Override
    public List<String> description() {
        return List.of("built-in byte[]");
    }
}
