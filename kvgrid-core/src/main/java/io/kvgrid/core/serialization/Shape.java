package io.kvgrid.core.serialization;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A short text that changes whenever the bytes of a class do: its kind, and a CRC32C over what its values are written
 * as. For a record or class these are the names and types of its members in their order in the bytes, and whether a
 * type is final, since values of a final type go without their class id; for an enum the names of its constants in
 * their order.
 */
final class Shape {
    private Shape() {}

    static String of(Class<?> type) {
        if (type.isArray()) {
            return text("array", Stream.of(typeName(type.getComponentType())));
        }
        if (type.isEnum()) {
            return text("enum", Arrays.stream(type.getEnumConstants()).map(constant -> ((Enum<?>) constant).name()));
        }
        if (type.isRecord()) {
            return text(
                    "record",
                    Arrays.stream(type.getRecordComponents()).map(Shape::member).sorted());
        }
        return text("class", FieldsCodec.fields(type).stream().map(Shape::member));
    }

    private static String member(RecordComponent component) {
        return component.getName() + ":" + typeName(component.getType());
    }

    private static String member(Field field) {
        return field.getName() + ":" + typeName(field.getType());
    }

    private static String typeName(Class<?> type) {
        return (Modifier.isFinal(type.getModifiers()) ? "final " : "") + type.getTypeName();
    }

    private static String text(String kind, Stream<String> parts) {
        CRC32C crc = new CRC32C();
        crc.update(parts.collect(Collectors.joining("\n")).getBytes(StandardCharsets.UTF_8));
        return String.format("%s:%08x", kind, crc.getValue());
    }
}
