package io.kvgrid.core.serialization;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.Date;

/**
 * A {@link Date} as Kryo writes it: its milliseconds, as an unsigned variable length integer. Kryo's own serializer also
 * knows the types of java.sql, a module that an application need not have, and cannot even be loaded without them.
 */
@SuppressWarnings("JavaUtilDate") // applications have them
final class DateCodec extends Serializer<Date> {
    DateCodec() {
        super(false, false);
    }

    @Override
    public void write(Kryo kryo, Output output, Date date) {
        output.writeVarLong(date.getTime(), true);
    }

    @Override
    public Date read(Kryo kryo, Input input, Class<? extends Date> type) {
        return new Date(input.readVarLong(true));
    }

    @Override
    public Date copy(Kryo kryo, Date original) {
        return new Date(original.getTime());
    }
}
