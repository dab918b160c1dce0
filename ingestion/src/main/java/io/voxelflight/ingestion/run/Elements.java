package io.voxelflight.ingestion.run;

import io.voxelflight.model.ElementType;
import io.voxelflight.model.HalfFloats;
import org.apache.arrow.memory.util.MemoryUtil;

/**
 * Reads and writes voxels of one type at memory addresses, unchecked: callers stay within buffers whose size they
 * checked. One process ingests one type as a rule, so that these calls have one target and are inlined.
 */
abstract class Elements {
    static Elements of(ElementType type) {
        return switch (type) {
            case UINT8 -> new UnsignedBytes();
            case INT8 -> new Bytes();
            case UINT16 -> new UnsignedShorts();
            case INT16 -> new Shorts();
            case UINT32 -> new UnsignedInts();
            case INT32 -> new Ints();
            case UINT64, INT64 -> new Longs();
            case FLOAT16 -> new Halves();
            case FLOAT32 -> new Floats();
            case FLOAT64 -> new Doubles();
        };
    }

    /** The integer at {@code address}, or the bits of a float; unsigned 64-bit numbers as their bits. */
    abstract long integer(long address);

    /** Writes the low bits of {@code value}. */
    abstract void putInteger(long address, long value);

    /** The float at {@code address}. */
    double real(long address) {
        throw new IllegalStateException("not a type of floats");
    }

    /** Writes {@code value}, rounded half to even. */
    void putReal(long address, double value) {
        throw new IllegalStateException("not a type of floats");
    }

    private static final class UnsignedBytes extends Elements {
        @Override
        long integer(long address) {
            return MemoryUtil.getByte(address) & 0xff;
        }

        @Override
        void putInteger(long address, long value) {
            MemoryUtil.putByte(address, (byte) value);
        }
    }

    private static final class Bytes extends Elements {
        @Override
        long integer(long address) {
            return MemoryUtil.getByte(address);
        }

        @Override
        void putInteger(long address, long value) {
            MemoryUtil.putByte(address, (byte) value);
        }
    }

    private static final class UnsignedShorts extends Elements {
        @Override
        long integer(long address) {
            return MemoryUtil.getShort(address) & 0xffff;
        }

        @Override
        void putInteger(long address, long value) {
            MemoryUtil.putShort(address, (short) value);
        }
    }

    private static final class Shorts extends Elements {
        @Override
        long integer(long address) {
            return MemoryUtil.getShort(address);
        }

        @Override
        void putInteger(long address, long value) {
            MemoryUtil.putShort(address, (short) value);
        }
    }

    private static final class UnsignedInts extends Elements {
        @Override
        long integer(long address) {
            return MemoryUtil.getInt(address) & 0xffffffffL;
        }

        @Override
        void putInteger(long address, long value) {
            MemoryUtil.putInt(address, (int) value);
        }
    }

    private static final class Ints extends Elements {
        @Override
        long integer(long address) {
            return MemoryUtil.getInt(address);
        }

        @Override
        void putInteger(long address, long value) {
            MemoryUtil.putInt(address, (int) value);
        }
    }

    private static final class Longs extends Elements {
        @Override
        long integer(long address) {
            return MemoryUtil.getLong(address);
        }

        @Override
        void putInteger(long address, long value) {
            MemoryUtil.putLong(address, value);
        }
    }

    private static final class Halves extends Elements {
        @Override
        long integer(long address) {
            return MemoryUtil.getShort(address) & 0xffff;
        }

        @Override
        void putInteger(long address, long value) {
            MemoryUtil.putShort(address, (short) value);
        }

        @Override
        double real(long address) {
            return HalfFloats.toFloat(MemoryUtil.getShort(address));
        }

        /** Rounds once: on the way through float, inexact values get an odd last bit, which the second rounding sees. */
        @Override
        void putReal(long address, double value) {
            float near = (float) value;
            if (near != value && !Float.isNaN(near) && !Float.isInfinite(near)) {
                int bits = Float.floatToRawIntBits(near);
                if (Math.abs((double) near) > Math.abs(value)) {
                    bits--;
                }
                near = Float.intBitsToFloat(bits | 1);
            }
            MemoryUtil.putShort(address, HalfFloats.fromFloat(near));
        }
    }

    private static final class Floats extends Elements {
        @Override
        long integer(long address) {
            return MemoryUtil.getInt(address) & 0xffffffffL;
        }

        @Override
        void putInteger(long address, long value) {
            MemoryUtil.putInt(address, (int) value);
        }

        @Override
        double real(long address) {
            return Float.intBitsToFloat(MemoryUtil.getInt(address));
        }

        @Override
        void putReal(long address, double value) {
            MemoryUtil.putInt(address, Float.floatToRawIntBits((float) value));
        }
    }

    private static final class Doubles extends Elements {
        @Override
        long integer(long address) {
            return MemoryUtil.getLong(address);
        }

        @Override
        void putInteger(long address, long value) {
            MemoryUtil.putLong(address, value);
        }

        @Override
        double real(long address) {
            return Double.longBitsToDouble(MemoryUtil.getLong(address));
        }

        @Override
        void putReal(long address, double value) {
            MemoryUtil.putLong(address, Double.doubleToRawLongBits(value));
        }
    }
}
