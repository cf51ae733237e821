package io.kvgrid.examples.demo;

import io.kvgrid.core.KryoSerializer;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.serialization.Serializer;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What Unicode says of one character, as the running JDK knows it. The demonstration's values.
 *
 * @param block for example {@code Basic Latin}
 * @param script for example {@code LATIN}
 * @param category the number of {@link Character#getType}
 */
public record UnicodeCharacter(int codePoint, String name, String block, String script, int category) {
    /** Every assigned code point, ascending; without surrogates and private use, which have no names. */
    public static IntStream codePoints() {
        return IntStream.rangeClosed(Character.MIN_CODE_POINT, Character.MAX_CODE_POINT)
                .filter(UnicodeCharacter::isNamed);
    }

    private static boolean isNamed(int codePoint) {
        int category = Character.getType(codePoint);
        return category != Character.UNASSIGNED && category != Character.SURROGATE && category != Character.PRIVATE_USE;
    }

    /** The character of an assigned code point. */
    public static UnicodeCharacter of(int codePoint) {
        return new UnicodeCharacter(
                codePoint,
                Character.getName(codePoint),
                String.valueOf(Character.UnicodeBlock.of(codePoint)),
                Character.UnicodeScript.of(codePoint).name(),
                Character.getType(codePoint));
    }

    /** The key it is stored under, for example {@code U+0041}. */
    public static String key(int codePoint) {
        return String.format(Locale.ROOT, "U+%04X", codePoint);
    }

    /** How many bytes of log an insert of such an entry takes, on average. */
    public static int averageRecordBytes() {
        Serializer<UnicodeCharacter> serializer = serializer();
        double bodies = codePoints()
                .map(code -> key(code).length() + serializer.serialize(of(code)).length)
                .average()
                .orElseThrow();
        return RecordFormat.HEADER_BYTES + (int) Math.round(bodies);
    }

    /** How the grid writes it. A registered number stands for the class, so its name never travels. */
    public static Serializer<UnicodeCharacter> serializer() {
        // snippet: serializer
        return KryoSerializer.builder(UnicodeCharacter.class)
                .register(UnicodeCharacter.class, 100)
                .build();
        // end
    }
}
