package io.voxelflight.sql.execute;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers as PostgreSQL sends them. */
final class BigEndian {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private BigEndian() {}

    static short int2(byte[] bytes, int offset) {
        return (short) SHORT.get(bytes, offset);
    }

    static int int4(byte[] bytes, int offset) {
        return (int) INT.get(bytes, offset);
    }

    static long int8(byte[] bytes, int offset) {
        return (long) LONG.get(bytes, offset);
    }
}
