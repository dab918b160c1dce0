package io.voxelflight.sql.catalogue;

import java.sql.Types;
import java.util.List;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.calcite.sql.type.SqlTypeName;

/** A kind of value: its names in SQL and PostgreSQL, and what it is in Calcite, Arrow and JDBC. */
@SuppressWarnings("ImmutableEnumChecker") // lists and Arrow types made once and never changed
public enum Kind {
    BOOLEAN("BOOLEAN", "boolean", List.of("bool"), SqlTypeName.BOOLEAN, new ArrowType.Bool(), Types.BOOLEAN),
    INT2("SMALLINT", "smallint", List.of("int2"), SqlTypeName.SMALLINT, new ArrowType.Int(16, true), Types.SMALLINT),
    INT4("INTEGER", "integer", List.of("int4"), SqlTypeName.INTEGER, new ArrowType.Int(32, true), Types.INTEGER),
    INT8("BIGINT", "bigint", List.of("int8"), SqlTypeName.BIGINT, new ArrowType.Int(64, true), Types.BIGINT),
    FLOAT4(
            "REAL",
            "real",
            List.of("float4"),
            SqlTypeName.REAL,
            new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE),
            Types.REAL),
    FLOAT8(
            "DOUBLE",
            "double precision",
            List.of("float8"),
            SqlTypeName.DOUBLE,
            new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE),
            Types.DOUBLE),
    /** Scale and precision are the column's ({@link ColumnType}). */
    NUMERIC(
            "DECIMAL",
            "numeric",
            List.of("numeric"),
            SqlTypeName.DECIMAL,
            new ArrowType.Decimal(38, 0, 128),
            Types.DECIMAL),
    TEXT(
            "VARCHAR",
            "text",
            List.of("text", "varchar", "bpchar", "name", "unknown"),
            SqlTypeName.VARCHAR,
            new ArrowType.Utf8(),
            Types.VARCHAR),
    /** Text in Arrow: every client can compare, join and print it. */
    UUID("UUID", "uuid", List.of("uuid"), SqlTypeName.UUID, new ArrowType.Utf8(), Types.VARCHAR),
    /** Text in Arrow; without a type of its own in Calcite. */
    JSONB("JSON", "jsonb", List.of("jsonb"), SqlTypeName.ANY, new ArrowType.Utf8(), Types.VARCHAR),
    BYTEA("BLOB", "bytea", List.of("bytea"), SqlTypeName.VARBINARY, new ArrowType.Binary(), Types.VARBINARY),
    DATE("DATE", "date", List.of("date"), SqlTypeName.DATE, new ArrowType.Date(DateUnit.DAY), Types.DATE),
    TIME(
            "TIME",
            "time",
            List.of("time"),
            SqlTypeName.TIME,
            new ArrowType.Time(TimeUnit.MICROSECOND, Long.SIZE),
            Types.TIME),
    TIMESTAMP(
            "TIMESTAMP",
            "timestamp",
            List.of("timestamp"),
            SqlTypeName.TIMESTAMP,
            new ArrowType.Timestamp(TimeUnit.MICROSECOND, null),
            Types.TIMESTAMP),
    TIMESTAMPTZ(
            "TIMESTAMP WITH TIME ZONE",
            "timestamp with time zone",
            List.of("timestamptz"),
            SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE,
            new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC"),
            Types.TIMESTAMP_WITH_TIMEZONE),
    /** An embedding; its length is the column's ({@link ColumnType}). A list of 32-bit floats in Arrow. */
    VECTOR("REAL[]", "vector", List.of("vector"), SqlTypeName.OTHER, new ArrowType.List(), Types.ARRAY),
    /** A duration in Arrow, which pandas and polars read; an interval with months has no such value. */
    INTERVAL(
            "INTERVAL",
            "interval",
            List.of("interval"),
            SqlTypeName.INTERVAL_DAY_SECOND,
            new ArrowType.Duration(TimeUnit.MICROSECOND),
            Types.OTHER);

    private final String sqlName;
    private final String postgresName;
    private final List<String> catalogNames;
    private final SqlTypeName calcite;
    private final ArrowType arrow;
    private final int jdbc;

    Kind(
            String sqlName,
            String postgresName,
            List<String> catalogNames,
            SqlTypeName calcite,
            ArrowType arrow,
            int jdbc) {
        this.sqlName = sqlName;
        this.postgresName = postgresName;
        this.catalogNames = catalogNames;
        this.calcite = calcite;
        this.arrow = arrow;
        this.jdbc = jdbc;
    }

    /** As users write it. */
    public String sqlName() {
        return sqlName;
    }

    /** As PostgreSQL's grammar writes it. */
    public String postgresName() {
        return postgresName;
    }

    /** Names in pg_type. */
    List<String> catalogNames() {
        return catalogNames;
    }

    public SqlTypeName calcite() {
        return calcite;
    }

    public ArrowType arrow() {
        return arrow;
    }

    /** Of {@link Types}. */
    public int jdbc() {
        return jdbc;
    }
}
