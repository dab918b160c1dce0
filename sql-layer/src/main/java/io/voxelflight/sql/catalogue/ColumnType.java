package io.voxelflight.sql.catalogue;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * The type of a column: a kind of value, or a list of it.
 *
 * @param list whether each value is a one-dimensional list
 * @param precision of a NUMERIC, 1 to 38; the length of a VECTOR, 0 if its values differ in it; otherwise 0
 * @param scale of a NUMERIC, 0 to its precision; otherwise 0
 */
public record ColumnType(Kind kind, boolean list, int precision, int scale) {
    /** What Arrow's decimal128 holds. */
    public static final int MAX_PRECISION = 38;

    /** What PostgreSQL adds to a numeric's modifier. */
    private static final int NUMERIC_HEADER = 4;

    private static final Map<String, Kind> BY_CATALOG_NAME = byCatalogName();

    public ColumnType {
        if (kind == Kind.NUMERIC && (precision < 1 || precision > MAX_PRECISION || scale < 0 || scale > precision)) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    "a DECIMAL(" + precision + ", " + scale + ") does not fit Arrow's 128-bit decimals: cast it to"
                            + " DECIMAL with a precision of at most " + MAX_PRECISION + " or to DOUBLE");
        }
    }

    public static ColumnType of(Kind kind) {
        return kind == Kind.NUMERIC ? decimal(MAX_PRECISION, 0) : new ColumnType(kind, false, 0, 0);
    }

    public static ColumnType decimal(int precision, int scale) {
        return new ColumnType(Kind.NUMERIC, false, precision, scale);
    }

    /** @param length of each vector; 0 if they differ */
    public static ColumnType vector(int length) {
        return new ColumnType(Kind.VECTOR, false, length, 0);
    }

    public ColumnType listOf() {
        return new ColumnType(kind, true, precision, scale);
    }

    /** The type of one value of a list. */
    public ColumnType element() {
        return new ColumnType(kind, false, precision, scale);
    }

    /**
     * The type of a PostgreSQL column; null if there is no such kind here.
     *
     * @param name in pg_type, such as {@code int4} or {@code _text}
     * @param precision of a numeric; 0 if it has none
     * @param scale likewise
     * @param detail scale to give a numeric that has none; length of a vector, 0 if they differ
     */
    public static @Nullable ColumnType ofPostgres(String name, int precision, int scale, int detail) {
        boolean list = name.startsWith("_");
        Kind kind = BY_CATALOG_NAME.get(list ? name.substring(1) : name.replace("\"public\".\"vector\"", "vector"));
        if (kind == null || (list && kind == Kind.VECTOR)) {
            return null;
        }
        if (kind == Kind.VECTOR) {
            return vector(detail);
        }
        if (kind != Kind.NUMERIC) {
            return new ColumnType(kind, list, 0, 0);
        }
        return precision == 0
                ? new ColumnType(kind, list, MAX_PRECISION, detail)
                : new ColumnType(kind, list, precision, scale);
    }

    /**
     * The type of a column of a table; null if there is no such kind here.
     *
     * @param modifier of pg_attribute, -1 if there is none: a vector's length, or a numeric's precision and scale
     */
    static @Nullable ColumnType ofCatalog(String name, int modifier) {
        boolean numeric = name.equals("numeric") && modifier >= NUMERIC_HEADER;
        int digits = modifier - NUMERIC_HEADER;
        return ofPostgres(
                name,
                numeric ? digits >> 16 & 0xffff : 0,
                numeric ? digits & 0x7ff : 0,
                name.equals("vector") ? Math.max(0, modifier) : 0);
    }

    /** As users write it, such as {@code DOUBLE[]}. */
    public String sqlName() {
        if (kind == Kind.VECTOR) {
            return "REAL[" + (precision == 0 ? "" : precision) + "]";
        }
        String one = kind == Kind.NUMERIC ? "DECIMAL(" + precision + "," + scale + ")" : kind.sqlName();
        return list ? one + "[]" : one;
    }

    /** The nullable Arrow field; lists have a nullable child {@code item}. */
    public Field field(String name, Map<String, String> metadata) {
        if (kind == Kind.VECTOR) {
            ArrowType vector = precision == 0 ? new ArrowType.List() : new ArrowType.FixedSizeList(precision);
            return new Field(
                    name,
                    new FieldType(true, vector, null, metadata),
                    List.of(Field.nullable("item", Kind.FLOAT4.arrow())));
        }
        ArrowType value = kind == Kind.NUMERIC ? new ArrowType.Decimal(precision, scale, 128) : kind.arrow();
        return list
                ? new Field(
                        name,
                        new FieldType(true, new ArrowType.List(), null, metadata),
                        List.of(Field.nullable("item", value)))
                : new Field(name, new FieldType(true, value, null, metadata), null);
    }

    /** The nullable type as Calcite sees it. */
    RelDataType relType(RelDataTypeFactory factory) {
        if (kind == Kind.VECTOR) {
            return new VectorRelType(precision, true);
        }
        RelDataType value =
                switch (kind) {
                    case NUMERIC -> factory.createSqlType(kind.calcite(), precision, scale);
                    case INTERVAL ->
                        factory.createSqlIntervalType(
                                new SqlIntervalQualifier(TimeUnit.DAY, TimeUnit.SECOND, SqlParserPos.ZERO));
                    default -> factory.createSqlType(kind.calcite());
                };
        RelDataType nullable = factory.createTypeWithNullability(value, true);
        return list ? factory.createTypeWithNullability(factory.createArrayType(nullable, -1), true) : nullable;
    }

    private static Map<String, Kind> byCatalogName() {
        Map<String, Kind> names = new HashMap<>();
        for (Kind kind : Kind.values()) {
            for (String name : kind.catalogNames()) {
                names.put(name, kind);
            }
        }
        return names;
    }
}
