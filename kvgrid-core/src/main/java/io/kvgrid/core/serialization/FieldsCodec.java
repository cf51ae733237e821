package io.kvgrid.core.serialization;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * An object of a plain class: its fields, those of the topmost superclass first, by name within a class. Static and
 * transient fields are left out. Fields of a final type go without a class id, as Kryo does it for records.
 *
 * <p>Kryo's FieldSerializer is not used: it sets fields through Unsafe, without a check of the type, so that bytes
 * could put a Long where a List is declared.
 */
final class FieldsCodec extends Serializer<Object> {
    private final Constructor<?> constructor;
    private final List<Field> fields;

    /** @param type has a constructor without arguments, and is open to this module like its superclasses */
    FieldsCodec(Class<?> type) throws NoSuchMethodException {
        constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        fields = fields(type);
        fields.forEach(field -> field.setAccessible(true));
    }

    /** The fields that are written, in the order in which they are. */
    static List<Field> fields(Class<?> type) {
        List<Class<?>> hierarchy = new ArrayList<>();
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            hierarchy.add(c);
        }
        Collections.reverse(hierarchy);
        return hierarchy.stream()
                .flatMap(c -> Arrays.stream(c.getDeclaredFields()).sorted(Comparator.comparing(Field::getName)))
                .filter(field -> !field.isSynthetic())
                .filter(field -> (field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0)
                .toList();
    }

    @Override
    public void write(Kryo kryo, Output output, Object object) {
        for (Field field : fields) {
            Object value = get(field, object);
            if (field.getType().isPrimitive()) {
                kryo.writeObject(output, value);
            } else if (kryo.isFinal(field.getType())) {
                kryo.writeObjectOrNull(output, value, field.getType());
            } else {
                kryo.writeClassAndObject(output, value);
            }
        }
    }

    @Override
    public Object read(Kryo kryo, Input input, Class<?> type) {
        Object object = create();
        for (Field field : fields) {
            Object value;
            if (field.getType().isPrimitive()) {
                value = kryo.readObject(input, field.getType());
            } else if (kryo.isFinal(field.getType())) {
                value = kryo.readObjectOrNull(input, field.getType());
            } else {
                value = kryo.readClassAndObject(input);
            }
            set(field, object, value);
        }
        return object;
    }

    private Object create() {
        try {
            return constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new KryoException("the constructor of " + constructor.getName() + " failed", e);
        }
    }

    private static Object get(Field field, Object object) {
        try {
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new RefusedException("no access to " + name(field), e);
        }
    }

    private static void set(Field field, Object object, Object value) {
        try {
            field.set(object, value);
        } catch (IllegalAccessException e) {
            throw new RefusedException("no access to " + name(field), e);
        } catch (IllegalArgumentException e) {
            throw new RefusedException("a value of another type for " + name(field), e);
        }
    }

    private static String name(Field field) {
        return field.getDeclaringClass().getName() + "." + field.getName();
    }
}
