package io.kvgrid.core.serialization;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.serializers.DefaultSerializers;
import com.esotericsoftware.kryo.serializers.RecordSerializer;
import java.lang.reflect.Modifier;

/**
 * A class of the application and the number that stands for it in the bytes. Records, enums, arrays, and classes with a
 * constructor without arguments can be registered; whether one can is found out here, not at the first value.
 */
public final class RegisteredType {
    /** The lowest id for a class of the application; those below belong to the standard types. */
    public static final int FIRST_ID = StandardTypes.FIRST_FREE_ID;

    /** The highest id; takes three bytes. */
    public static final int LAST_ID = 0xFFFF;

    private final Class<?> type;
    private final int id;
    private final Serializer<?> serializer;

    private RegisteredType(Class<?> type, int id, Serializer<?> serializer) {
        this.type = type;
        this.id = id;
        this.serializer = serializer;
    }

    /**
     * Checks that {@code type} can be written and read, and by Kryo.
     *
     * @throws IllegalArgumentException if not, or if the id is out of range; says what to change
     */
    public static RegisteredType of(Class<?> type, int id) {
        if (id < FIRST_ID || id > LAST_ID) {
            throw new IllegalArgumentException(
                    "the id of " + type.getTypeName() + " must be " + FIRST_ID + " to " + LAST_ID + ": " + id);
        }
        if (StandardTypes.contains(type)) {
            throw new IllegalArgumentException(type.getTypeName() + " is a standard type and needs no registration");
        }
        return new RegisteredType(type, id, serializerFor(type));
    }

    private static Serializer<?> serializerFor(Class<?> type) {
        if (type.isArray()) {
            return new ArrayCodec(type.getComponentType());
        }
        if (type.isEnum()) {
            return new DefaultSerializers.EnumSerializer(type.asSubclass(Enum.class));
        }
        if (Modifier.isAbstract(type.getModifiers())) {
            throw new IllegalArgumentException(
                    type.getName() + " is abstract; register the classes that implement or extend it");
        }
        checkOpen(type);
        if (type.isRecord()) {
            return new RecordSerializer<>(type);
        }
        try {
            return new FieldsCodec(type);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(
                    type.getName() + " has no constructor without arguments, which may be private; or make it a record",
                    e);
        }
    }

    /** Reflection reaches a class, and what it inherits, only if the package is open to Kryo and to this module. */
    private static void checkOpen(Class<?> type) {
        for (Class<?> c = type; c != Object.class && c != Record.class; c = c.getSuperclass()) {
            if (isPartOfTheJdk(c)) {
                throw new IllegalArgumentException(
                        c.getName() + " is part of the JDK and not among the standard types, so " + type.getName()
                                + " cannot be written; use a standard type, or a class of your own");
            }
            Module module = c.getModule();
            String packageName = c.getPackageName();
            if (!module.isOpen(packageName, RegisteredType.class.getModule())
                    || !module.isOpen(packageName, Kryo.class.getModule())) {
                throw new IllegalArgumentException("module " + module.getName() + " does not open the package of "
                        + c.getName() + ": add `opens " + packageName + ";` to its module-info.java");
            }
        }
    }

    static boolean isPartOfTheJdk(Class<?> type) {
        String module = String.valueOf(type.getModule().getName());
        return module.startsWith("java.") || module.startsWith("jdk.");
    }

    public Class<?> type() {
        return type;
    }

    public int id() {
        return id;
    }

    /** What nodes compare: {@code "<id> <class name> <shape>"}. */
    public String line() {
        return id + " " + type.getTypeName() + " " + Shape.of(type);
    }

    Serializer<?> serializer() {
        return serializer;
    }
}
