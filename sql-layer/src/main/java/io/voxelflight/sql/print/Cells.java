package io.voxelflight.sql.print;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.UUID;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.ExtensionTypeVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntervalMonthDayNanoVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.Field;

/** One value of a vector as JSON, which all text formats write out of. */
final class Cells {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String EXTENSION = "ARROW:extension:name";
    private static final long MICROS = 1_000_000;

    private Cells() {}

    /** The value; a null node for NULL. */
    static JsonNode json(FieldVector vector, int row) {
        if (vector.isNull(row)) {
            return NODES.nullNode();
        }
        if (vector instanceof ExtensionTypeVector<?> extension) {
            return json((FieldVector) extension.getUnderlyingVector(), row);
        }
        if (vector instanceof VarCharVector text) {
            return NODES.textNode(text.getObject(row).toString());
        }
        if (vector instanceof Float4Vector floats) {
            float value = floats.get(row);
            return Float.isFinite(value) ? NODES.numberNode(value) : NODES.textNode(String.valueOf(value));
        }
        if (vector instanceof Float8Vector doubles) {
            double value = doubles.get(row);
            return Double.isFinite(value) ? NODES.numberNode(value) : NODES.textNode(String.valueOf(value));
        }
        if (vector instanceof DecimalVector decimals) {
            return NODES.numberNode(decimals.getObject(row));
        }
        if (vector instanceof ListVector list) {
            return list(list.getDataVector(), list.getElementStartIndex(row), list.getElementEndIndex(row));
        }
        if (vector instanceof FixedSizeListVector list) {
            return list(list.getDataVector(), list.getElementStartIndex(row), list.getElementEndIndex(row));
        }
        if (vector instanceof StructVector struct) {
            ObjectNode object = NODES.objectNode();
            for (FieldVector child : struct.getChildrenFromFields()) {
                object.set(child.getName(), json(child, row));
            }
            return object;
        }
        return scalar(vector, row);
    }

    private static JsonNode scalar(FieldVector vector, int row) {
        if (vector instanceof TimeStampMicroTZVector instants) {
            return NODES.textNode(instant(instants.get(row)).toString());
        }
        if (vector instanceof TimeStampMicroVector times) {
            return NODES.textNode(DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(
                    instant(times.get(row)).atOffset(ZoneOffset.UTC)));
        }
        if (vector instanceof DateDayVector dates) {
            return NODES.textNode(LocalDate.ofEpochDay(dates.get(row)).toString());
        }
        if (vector instanceof TimeMicroVector times) {
            return NODES.textNode(LocalTime.ofNanoOfDay(times.get(row) * 1000).toString());
        }
        if (vector instanceof IntervalMonthDayNanoVector intervals) {
            return NODES.textNode(intervals.getObject(row).toISO8601IntervalString());
        }
        if (vector instanceof UInt1Vector numbers) {
            return NODES.numberNode(numbers.getObjectNoOverflow(row));
        }
        if (vector instanceof UInt2Vector numbers) {
            return NODES.numberNode((int) numbers.get(row));
        }
        if (vector instanceof UInt4Vector numbers) {
            return NODES.numberNode(numbers.getObjectNoOverflow(row));
        }
        if (vector instanceof UInt8Vector numbers) {
            return NODES.numberNode(numbers.getObjectNoOverflow(row));
        }
        if (vector instanceof VarBinaryVector binary) {
            return NODES.textNode(Base64.getEncoder().encodeToString(binary.get(row)));
        }
        if (vector instanceof FixedSizeBinaryVector binary) {
            byte[] bytes = binary.get(row);
            return NODES.textNode(
                    isUuid(vector.getField())
                            ? uuid(bytes)
                            : Base64.getEncoder().encodeToString(bytes));
        }
        Object value = vector.getObject(row);
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return NODES.numberNode(((Number) value).intValue());
        }
        if (value instanceof Long number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Boolean truth) {
            return NODES.booleanNode(truth);
        }
        return NODES.textNode(String.valueOf(value));
    }

    /** The value as a person reads it: no quotes around text, JSON for what has parts. */
    static String text(JsonNode value) {
        return value.isValueNode()
                ? value.isBigDecimal() ? value.decimalValue().toPlainString() : value.asText()
                : value.toString();
    }

    private static ArrayNode list(FieldVector elements, int from, int to) {
        ArrayNode array = NODES.arrayNode(to - from);
        for (int i = from; i < to; i++) {
            array.add(json(elements, i));
        }
        return array;
    }

    private static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1000);
    }

    private static boolean isUuid(Field field) {
        return "arrow.uuid".equals(field.getMetadata().get(EXTENSION));
    }

    private static String uuid(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong()).toString();
    }
}
