package io.kvgrid.core.serialization;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.util.DefaultClassResolver;
import org.jspecify.annotations.Nullable;

/**
 * Classes travel as registered numbers and in no other way (X2, X18). Kryo's own resolver, even with registration
 * required, reads a class name when the bytes offer one, and looks it up.
 */
final class NumericClassResolver extends DefaultClassResolver {
    /** Kryo writes an id increased by this: 0 is null, and 1 announces a name. */
    private static final int ID_OFFSET = 2;

    @Override
    public @Nullable Registration readClass(Input input) {
        int code = input.readVarInt(true);
        if (code == Kryo.NULL) {
            return null;
        }
        if (code == NAME + ID_OFFSET) {
            throw new RefusedException("a class name instead of a registered id");
        }
        Registration registration = getRegistration(code - ID_OFFSET);
        if (registration == null) {
            throw new RefusedException("id " + (code - ID_OFFSET) + ", which is not registered on this node");
        }
        return registration;
    }
}
