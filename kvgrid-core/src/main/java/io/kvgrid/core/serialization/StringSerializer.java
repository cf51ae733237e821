package io.kvgrid.core.serialization;

import io.kvgrid.spi.serialization.SerializationException;
import io.kvgrid.spi.serialization.Serializer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A string as its UTF-8 bytes, nothing before or after. Strict in both directions: a string with an unpaired surrogate
 * has no UTF-8 form and is refused, since replacing it would make unequal keys equal; so are malformed bytes.
 */
final class StringSerializer implements Serializer<String> {
    @Override
    public byte[] serialize(String value) {
        if (!hasSurrogate(value)) {
            return value.getBytes(StandardCharsets.UTF_8);
        }
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new SerializationException("a String with an unpaired surrogate has no UTF-8 form");
        }
    }

    @Override
    public String deserialize(byte[] bytes) {
        String value = new String(bytes, StandardCharsets.UTF_8);
        if (value.indexOf('\uFFFD') < 0) {
            return value; // whatever is malformed would have become U+FFFD
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new SerializationException("the bytes are not UTF-8, so no String");
        }
    }

    private static boolean hasSurrogate(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (Character.isSurrogate(value.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public List<String> description() {
        return List.of("built-in String");
    }
}
