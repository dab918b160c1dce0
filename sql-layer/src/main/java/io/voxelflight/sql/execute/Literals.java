package io.voxelflight.sql.execute;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.ColumnType;
import io.voxelflight.sql.catalogue.Kind;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.UUID;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.jspecify.annotations.Nullable;

/**
 * Values of parameters as PostgreSQL literals. COPY takes no parameters, so each value stands in the statement as an
 * escaped string with a cast to the parameter's type: {@code CAST('5' AS bigint)}. What the type cannot take, such as
 * letters for a number, is an error of the cast.
 */
public final class Literals {
    private Literals() {}

    static String ofNull(ColumnType type) {
        return "CAST(NULL AS " + postgres(type) + ")";
    }

    /**
     * A value as a literal.
     *
     * @param type of the parameter
     * @param values as the client sent them, in any Arrow type whose values the type can take
     * @param number of the parameter, from 1, for messages
     */
    public static String of(ColumnType type, FieldVector values, int row, int number) {
        if (values.isNull(row)) {
            return ofNull(type);
        }
        return of(type, text(type, values, row, number), number);
    }

    /**
     * A value that came as text.
     *
     * @param type of the parameter
     * @param text as PostgreSQL reads values of that type; null: NULL
     * @param number of the parameter, from 1, for messages
     */
    public static String of(ColumnType type, @Nullable String text, int number) {
        if (text == null) {
            return ofNull(type);
        }
        if (text.indexOf('\0') >= 0) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT, "parameter " + number + " holds a character of code 0: remove it");
        }
        return "CAST('" + text.replace("'", "''") + "' AS " + postgres(type) + ")";
    }

    private static String text(ColumnType type, FieldVector values, int row, int number) {
        ArrowType arrow = values.getField().getType();
        Object value = values.getObject(row);
        if (arrow instanceof ArrowType.Timestamp timestamp) {
            return timestamp(raw(values, row), timestamp);
        }
        if (arrow instanceof ArrowType.Date date) {
            long days =
                    switch (date.getUnit()) {
                        case DAY -> raw(values, row);
                        case MILLISECOND -> Math.floorDiv(raw(values, row), 86_400_000L);
                    };
            return LocalDate.ofEpochDay(days).toString();
        }
        if (arrow instanceof ArrowType.Time time) {
            return LocalTime.MIDNIGHT
                    .plus(raw(values, row), unit(time.getUnit()))
                    .toString();
        }
        if (values instanceof BitVector) {
            return value.toString();
        }
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        if (values instanceof Float2Vector halves) { // as an object it is its bits
            return Float.toString(halves.getValueAsFloat(row));
        }
        if (value instanceof byte[] bytes && type.kind() == Kind.UUID && bytes.length == 2 * Long.BYTES) {
            ByteBuffer halves = ByteBuffer.wrap(bytes);
            return new UUID(halves.getLong(), halves.getLong()).toString();
        }
        if (value instanceof byte[] bytes) {
            return "\\x" + HexFormat.of().formatHex(bytes);
        }
        if (value instanceof Character character) { // an unsigned 16-bit integer
            return Integer.toString(character);
        }
        return switch (arrow.getTypeID()) {
            case Int -> unsigned(arrow) ? unsigned(value) : value.toString();
            case FloatingPoint, Utf8, LargeUtf8, Utf8View -> value.toString();
            default ->
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED,
                        "parameter " + number + " was bound to a value of Arrow type " + arrow
                                + ", which is not supported: bind a number, text, boolean, date or timestamp");
        };
    }

    private static boolean unsigned(ArrowType type) {
        return type instanceof ArrowType.Int integer && !integer.getIsSigned();
    }

    private static String unsigned(Object value) {
        if (value instanceof Byte small) {
            return Integer.toString(Byte.toUnsignedInt(small));
        }
        if (value instanceof Integer medium) {
            return Integer.toUnsignedString(medium);
        }
        return value instanceof Long large ? Long.toUnsignedString(large) : value.toString();
    }

    private static String timestamp(long value, ArrowType.Timestamp type) {
        Instant instant = Instant.EPOCH.plus(value, unit(type.getUnit()));
        return type.getTimezone() == null
                ? LocalDateTime.ofInstant(instant, ZoneOffset.UTC).toString().replace('T', ' ')
                : instant.toString();
    }

    private static ChronoUnit unit(TimeUnit unit) {
        return switch (unit) {
            case SECOND -> ChronoUnit.SECONDS;
            case MILLISECOND -> ChronoUnit.MILLIS;
            case MICROSECOND -> ChronoUnit.MICROS;
            case NANOSECOND -> ChronoUnit.NANOS;
        };
    }

    /** The number stored for a date, time or timestamp. */
    private static long raw(FieldVector values, int row) {
        int width = ((BaseFixedWidthVector) values).getTypeWidth();
        return width == Integer.BYTES
                ? values.getDataBuffer().getInt((long) row * width)
                : values.getDataBuffer().getLong((long) row * width);
    }

    private static String postgres(ColumnType type) {
        String name = type.kind() == Kind.NUMERIC ? "numeric" : type.kind().postgresName();
        return type.list() ? name + "[]" : name;
    }
}
