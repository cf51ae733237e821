package io.kvgrid.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvgrid.spi.serialization.SerializationException;
import io.kvgrid.spi.serialization.Serializer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;

/** {@link SerializerContract} over the smallest serializer there is. */
class Utf8SerializerTest extends SerializerContract<String> {
    @Override
    protected Serializer<String> serializer() {
        return new Utf8Serializer();
    }

    @Override
    protected List<String> values() {
        return List.of("", "a", "ä€𝄞", "x".repeat(10_000));
    }

    @Override
    protected boolean isForKeys() {
        return true;
    }

    private static final class Utf8Serializer implements Serializer<String> {
        @Override
        public byte[] serialize(String value) {
            return value.getBytes(UTF_8);
        }

        @Override
        public String deserialize(byte[] bytes) {
            try {
                return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            } catch (CharacterCodingException e) {
                throw new SerializationException("not UTF-8", e);
            }
        }

        @Override
        public List<String> description() {
            return List.of("UTF-8");
        }
    }
}
