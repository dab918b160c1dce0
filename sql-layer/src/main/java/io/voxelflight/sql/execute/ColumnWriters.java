package io.voxelflight.sql.execute;

import io.voxelflight.sql.catalogue.ColumnType;
import io.voxelflight.sql.catalogue.Kind;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.UUID;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;

/** A writer for each kind of value. */
final class ColumnWriters {
    private static final int DAYS_TO_2000 = (int) LocalDate.of(2000, 1, 1).toEpochDay();
    private static final long MICROS_A_DAY = 86_400_000_000L;
    private static final long MICROS_TO_2000 = DAYS_TO_2000 * MICROS_A_DAY;
    private static final int JSONB_VERSION = 1;
    private static final int UUID_BYTES = 16;
    private static final int LIST_HEADER = 20;
    private static final int ANY_WIDTH = -1;

    private ColumnWriters() {}

    static ColumnWriter of(ColumnType type, FieldVector vector) {
        if (type.list()) {
            return new ListWriter(type, (ListVector) vector);
        }
        if (type.kind() == Kind.VECTOR) {
            return new EmbeddingWriter(type.precision(), vector);
        }
        Values values = values(type, vector);
        int width = width(type.kind());
        return new ColumnWriter() {
            @Override
            public void write(int row, byte[] bytes, int offset, int length) throws IOException {
                if (width != ANY_WIDTH && length != width) {
                    throw new IOException("a value of " + length + " bytes where " + type.sqlName() + " was announced:"
                            + " the schema has changed, prepare the statement again");
                }
                values.set(row, bytes, offset, length);
            }

            @Override
            public void writeNull(int row) {
                vector.setNull(row);
            }
        };
    }

    /** Bytes of each value. */
    private static int width(Kind kind) {
        return switch (kind) {
            case BOOLEAN -> 1;
            case INT2 -> Short.BYTES;
            case INT4, FLOAT4, DATE -> Integer.BYTES;
            case INT8, FLOAT8, TIME, TIMESTAMP, TIMESTAMPTZ -> Long.BYTES;
            case UUID, INTERVAL -> 2 * Long.BYTES;
            case NUMERIC, TEXT, JSONB, BYTEA, VECTOR -> ANY_WIDTH;
        };
    }

    /** Sets one value of a vector. */
    private interface Values {
        void set(int index, byte[] bytes, int offset, int length) throws IOException;
    }

    private static Values values(ColumnType type, FieldVector vector) {
        return switch (type.kind()) {
            case BOOLEAN -> {
                BitVector bits = (BitVector) vector;
                yield (index, bytes, offset, length) -> bits.setSafe(index, bytes[offset]);
            }
            case INT2 -> {
                SmallIntVector numbers = (SmallIntVector) vector;
                yield (index, bytes, offset, length) -> numbers.setSafe(index, BigEndian.int2(bytes, offset));
            }
            case INT4 -> {
                IntVector numbers = (IntVector) vector;
                yield (index, bytes, offset, length) -> numbers.setSafe(index, BigEndian.int4(bytes, offset));
            }
            case INT8 -> {
                BigIntVector numbers = (BigIntVector) vector;
                yield (index, bytes, offset, length) -> numbers.setSafe(index, BigEndian.int8(bytes, offset));
            }
            case FLOAT4 -> {
                Float4Vector numbers = (Float4Vector) vector;
                yield (index, bytes, offset, length) ->
                        numbers.setSafe(index, Float.intBitsToFloat(BigEndian.int4(bytes, offset)));
            }
            case FLOAT8 -> {
                Float8Vector numbers = (Float8Vector) vector;
                yield (index, bytes, offset, length) ->
                        numbers.setSafe(index, Double.longBitsToDouble(BigEndian.int8(bytes, offset)));
            }
            case NUMERIC -> decimals((DecimalVector) vector, type);
            case TEXT -> {
                VarCharVector texts = (VarCharVector) vector;
                yield (index, bytes, offset, length) -> texts.setSafe(index, bytes, offset, length);
            }
            case UUID -> {
                VarCharVector texts = (VarCharVector) vector;
                yield (index, bytes, offset, length) -> texts.setSafe(index, uuid(bytes, offset, length));
            }
            case JSONB -> {
                VarCharVector texts = (VarCharVector) vector;
                yield (index, bytes, offset, length) -> {
                    if (length < 1 || bytes[offset] != JSONB_VERSION) {
                        throw new IOException("jsonb of an unknown version");
                    }
                    texts.setSafe(index, bytes, offset + 1, length - 1);
                };
            }
            case BYTEA -> {
                VarBinaryVector binary = (VarBinaryVector) vector;
                yield (index, bytes, offset, length) -> binary.setSafe(index, bytes, offset, length);
            }
            case DATE -> {
                DateDayVector days = (DateDayVector) vector;
                yield (index, bytes, offset, length) -> days.setSafe(index, day(BigEndian.int4(bytes, offset)));
            }
            case TIME -> {
                TimeMicroVector times = (TimeMicroVector) vector;
                yield (index, bytes, offset, length) -> times.setSafe(index, BigEndian.int8(bytes, offset));
            }
            case TIMESTAMP, TIMESTAMPTZ -> {
                TimeStampVector times = (TimeStampVector) vector;
                yield (index, bytes, offset, length) -> times.setSafe(index, micros(BigEndian.int8(bytes, offset)));
            }
            case INTERVAL -> intervals((DurationVector) vector);
            case VECTOR -> throw new IllegalArgumentException("vectors have a writer of their own");
        };
    }

    private static Values decimals(DecimalVector decimals, ColumnType type) {
        return (index, bytes, offset, length) -> {
            BigDecimal value = Numerics.decode(bytes, offset, length, type.scale());
            if (value.precision() > type.precision()) {
                throw new IOException("the number " + value.toPlainString() + " does not fit " + type.sqlName()
                        + ": cast it to DOUBLE or to DECIMAL with fewer digits after the point");
            }
            decimals.setSafe(index, value);
        };
    }

    private static Values intervals(DurationVector durations) {
        return (index, bytes, offset, length) -> {
            long micros = BigEndian.int8(bytes, offset);
            int days = BigEndian.int4(bytes, offset + 8);
            int months = BigEndian.int4(bytes, offset + 12);
            if (months != 0) {
                throw new IOException("an interval of months has no fixed length: cast it to VARCHAR");
            }
            try {
                durations.setSafe(index, Math.addExact(micros, Math.multiplyExact(days, MICROS_A_DAY)));
            } catch (ArithmeticException e) {
                throw new IOException("an interval of " + days + " days is too long: cast it to VARCHAR", e);
            }
        };
    }

    private static byte[] uuid(byte[] bytes, int offset, int length) throws IOException {
        if (length != UUID_BYTES) {
            throw new IOException("a uuid of " + length + " bytes");
        }
        return new UUID(BigEndian.int8(bytes, offset), BigEndian.int8(bytes, offset + Long.BYTES))
                .toString()
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static int day(int sinceMillennium) throws IOException {
        if (sinceMillennium == Integer.MAX_VALUE || sinceMillennium == Integer.MIN_VALUE) {
            throw new IOException("the date infinity has no Arrow value: cast it to VARCHAR");
        }
        return Math.addExact(sinceMillennium, DAYS_TO_2000);
    }

    private static long micros(long sinceMillennium) throws IOException {
        if (sinceMillennium == Long.MAX_VALUE || sinceMillennium == Long.MIN_VALUE) {
            throw new IOException("the time infinity has no Arrow value: cast it to VARCHAR");
        }
        return Math.addExact(sinceMillennium, MICROS_TO_2000);
    }

    /** Writes what pgvector sends: the number of values, two bytes of nothing, 32-bit floats. */
    private static final class EmbeddingWriter implements ColumnWriter {
        private static final int HEADER = 4;

        private final int length;
        private final FieldVector lists;
        private final Float4Vector items;

        EmbeddingWriter(int length, FieldVector lists) {
            this.length = length;
            this.lists = lists;
            this.items = (Float4Vector) lists.getChildrenFromFields().get(0);
        }

        @Override
        public void write(int row, byte[] bytes, int offset, int size) throws IOException {
            int count = BigEndian.int2(bytes, offset) & 0xffff;
            if (size != HEADER + count * Float.BYTES || (length != 0 && count != length)) {
                throw new IOException("a vector of " + count + " values has " + size + " bytes, in a column of length "
                        + (length == 0 ? "any" : length));
            }
            int first = lists instanceof FixedSizeListVector fixed
                    ? fixed.startNewValue(row)
                    : ((ListVector) lists).startNewValue(row);
            for (int i = 0; i < count; i++) {
                items.setSafe(
                        first + i, Float.intBitsToFloat(BigEndian.int4(bytes, offset + HEADER + i * Float.BYTES)));
            }
            if (lists instanceof ListVector list) {
                list.endValue(row, count);
            }
        }

        @Override
        public void writeNull(int row) {
            lists.setNull(row);
        }
    }

    /** Writes one-dimensional arrays. */
    private static final class ListWriter implements ColumnWriter {
        private final ListVector lists;
        private final FieldVector items;
        private final Values values;

        ListWriter(ColumnType type, ListVector lists) {
            this.lists = lists;
            this.items = lists.getDataVector();
            this.values = values(type.element(), items);
        }

        @Override
        public void write(int row, byte[] bytes, int offset, int length) throws IOException {
            int dimensions = BigEndian.int4(bytes, offset);
            if (dimensions > 1) {
                throw new IOException(
                        "a list of " + dimensions + " dimensions has no Arrow type here: cast it to VARCHAR");
            }
            int count = dimensions == 0 ? 0 : BigEndian.int4(bytes, offset + 12);
            int first = lists.startNewValue(row);
            int at = offset + LIST_HEADER;
            for (int i = 0; i < count; i++) {
                int size = BigEndian.int4(bytes, at);
                at += Integer.BYTES;
                if (size < 0) {
                    while (items.getValueCapacity() <= first + i) {
                        items.reAlloc();
                    }
                    items.setNull(first + i);
                } else {
                    values.set(first + i, bytes, at, size);
                    at += size;
                }
            }
            if (count > 0 && at != offset + length) {
                throw new IOException("a list of " + count + " values has " + length + " bytes");
            }
            lists.endValue(row, count);
        }

        @Override
        public void writeNull(int row) {
            lists.setNull(row);
        }
    }
}
