package io.voxelflight.sql;

import io.voxelflight.sql.catalogue.Catalogue;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/** DuckDB in this process with the rows of the sample catalog, and values of both sides in one notation. */
final class DuckDb implements AutoCloseable {
    private static final Pattern INTERVAL_PART = Pattern.compile("(-?\\d+) (day|hour|minute|second|month|year)s?");

    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

    private final Connection connection;

    private DuckDb(Connection connection) {
        this.connection = connection;
    }

    /** @param tables to copy */
    static DuckDb with(List<String> tables) {
        try {
            DuckDb duck = new DuckDb(DriverManager.getConnection("jdbc:duckdb:"));
            duck.run("SET TimeZone = 'UTC'");
            duck.run("ATTACH ':memory:' AS voxelflight");
            duck.run("USE voxelflight");
            try (Connection postgres = SampleCatalog.database().readOnly().getConnection()) {
                for (String table : tables) {
                    duck.copy(postgres, table);
                }
            }
            return duck;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A result: names of types, and rows in one notation. */
    record Result(List<String> types, List<List<String>> rows) {}

    Result query(String statement) throws SQLException {
        try (Statement query = connection.createStatement()) {
            if (!query.execute(statement)) {
                return new Result(List.of(), List.of());
            }
            try (ResultSet row = query.getResultSet()) {
                ResultSetMetaData meta = row.getMetaData();
                List<String> types = new ArrayList<>();
                for (int i = 1; i <= meta.getColumnCount(); i++) {
                    types.add(meta.getColumnTypeName(i));
                }
                List<List<String>> rows = new ArrayList<>();
                while (row.next()) {
                    List<String> values = new ArrayList<>();
                    for (int i = 1; i <= meta.getColumnCount(); i++) {
                        Object value = row.getObject(i);
                        if (value != null && types.get(i - 1).equals("INTERVAL")) {
                            value = interval(value.toString());
                        }
                        values.add(text(value));
                    }
                    rows.add(values);
                }
                return new Result(types, rows);
            }
        }
    }

    private void run(String statement) throws SQLException {
        try (Statement run = connection.createStatement()) {
            run.execute(statement);
        }
    }

    /** All but the one that users do not see. */
    private static String columns(Connection postgres, String table) throws SQLException {
        try (Statement select = postgres.createStatement();
                ResultSet row = select.executeQuery("SELECT * FROM main." + table + " LIMIT 0")) {
            List<String> names = new ArrayList<>();
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                names.add('"' + row.getMetaData().getColumnName(i) + '"');
            }
            names.remove('"' + Catalogue.DATASET_NUMBER + '"');
            return String.join(", ", names);
        }
    }

    private void copy(Connection postgres, String table) throws SQLException {
        try (Statement select = postgres.createStatement();
                ResultSet row = select.executeQuery("SELECT " + columns(postgres, table) + " FROM main." + table)) {
            ResultSetMetaData meta = row.getMetaData();
            List<String> columns = new ArrayList<>();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                String type = meta.getColumnTypeName(i).equals("numeric")
                        ? "DECIMAL(" + meta.getPrecision(i) + "," + meta.getScale(i) + ")"
                        : duckType(meta.getColumnTypeName(i));
                columns.add('"' + meta.getColumnName(i) + "\" " + type);
            }
            run("CREATE TABLE " + table + " (" + String.join(", ", columns) + ")");
            String places = columns.stream()
                    .map(column -> "CAST(? AS " + column.substring(column.lastIndexOf("\" ") + 2) + ")")
                    .collect(Collectors.joining(", "));
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO " + table + " VALUES (" + places + ")")) {
                while (row.next()) {
                    for (int i = 1; i <= columns.size(); i++) {
                        insert.setString(i, duckText(row, i, meta.getColumnTypeName(i)));
                    }
                    insert.execute();
                }
            }
        }
    }

    private static @Nullable String duckText(ResultSet row, int column, String type) throws SQLException {
        if (type.equals("timestamptz")) {
            OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
            return time == null
                    ? null
                    : time.toInstant().atOffset(java.time.ZoneOffset.UTC).format(TIMESTAMP) + "+00";
        }
        if (type.equals("interval")) {
            Object value = row.getObject(column);
            return value == null ? null : text(value).equals("null") ? null : micros(value) + " microseconds";
        }
        if (type.startsWith("_")) {
            Array array = row.getArray(column);
            if (array == null) {
                return null;
            }
            return Arrays.stream((Object[]) array.getArray())
                    .map(item -> item instanceof String string
                            ? "\"" + string.replace("\\", "\\\\").replace("\"", "\\\"") + "\""
                            : String.valueOf(item))
                    .collect(Collectors.joining(", ", "[", "]"));
        }
        return row.getString(column);
    }

    private static long micros(Object interval) {
        org.postgresql.util.PGInterval value = (org.postgresql.util.PGInterval) interval;
        return Duration.ofDays(value.getDays())
                                .plusHours(value.getHours())
                                .plusMinutes(value.getMinutes())
                                .plusSeconds(value.getWholeSeconds())
                                .toMillis()
                        * 1000
                + value.getMicroSeconds();
    }

    static String duckType(String postgres) {
        if (postgres.startsWith("_")) {
            return duckType(postgres.substring(1)) + "[]";
        }
        return switch (postgres) {
            case "int2" -> "SMALLINT";
            case "int4" -> "INTEGER";
            case "int8" -> "BIGINT";
            case "float4" -> "FLOAT";
            case "float8" -> "DOUBLE";
            case "bool" -> "BOOLEAN";
            case "text" -> "VARCHAR";
            case "jsonb" -> "JSON";
            case "timestamptz" -> "TIMESTAMP WITH TIME ZONE";
            default -> postgres.toUpperCase(Locale.ROOT);
        };
    }

    /** DuckDB's name for the type of an Arrow column of ours. */
    static String typeName(Field field) {
        ArrowType type = field.getType();
        if (type instanceof ArrowType.List) {
            return typeName(field.getChildren().get(0)) + "[]";
        }
        if (type instanceof ArrowType.Decimal decimal) {
            return "DECIMAL(" + decimal.getPrecision() + "," + decimal.getScale() + ")";
        }
        if (type instanceof ArrowType.Int integer) {
            return switch (integer.getBitWidth()) {
                case 16 -> "SMALLINT";
                case 32 -> "INTEGER";
                default -> "BIGINT";
            };
        }
        return switch (type.getTypeID()) {
            case Bool -> "BOOLEAN";
            case FloatingPoint ->
                type.equals(new ArrowType.FloatingPoint(org.apache.arrow.vector.types.FloatingPointPrecision.SINGLE))
                        ? "FLOAT"
                        : "DOUBLE";
            case Utf8 -> "VARCHAR";
            case Date -> "DATE";
            case Time -> "TIME";
            case Duration -> "INTERVAL";
            case Timestamp ->
                ((ArrowType.Timestamp) type).getTimezone() == null ? "TIMESTAMP" : "TIMESTAMP WITH TIME ZONE";
            default -> type.toString();
        };
    }

    private static Duration interval(String text) {
        Duration sum = Duration.ZERO;
        Matcher part = INTERVAL_PART.matcher(text);
        while (part.find()) {
            long number = Long.parseLong(part.group(1));
            sum = switch (part.group(2)) {
                case "day" -> sum.plusDays(number);
                case "hour" -> sum.plusHours(number);
                case "minute" -> sum.plusMinutes(number);
                case "second" -> sum.plusSeconds(number);
                default -> throw new IllegalStateException("months have no duration: " + text);
            };
        }
        Matcher time = Pattern.compile("(\\d+):(\\d+):(\\d+)(\\.\\d+)?").matcher(text);
        if (time.find()) {
            sum = sum.plusHours(Long.parseLong(time.group(1)))
                    .plusMinutes(Long.parseLong(time.group(2)))
                    .plusSeconds(Long.parseLong(time.group(3)));
            if (time.group(4) != null) {
                sum = sum.plusNanos(
                        new BigDecimal(time.group(4)).movePointRight(9).longValue());
            }
        }
        return sum;
    }

    /** The same text for the same value, whatever class it comes in; numbers to 12 digits, texts of JSON as values. */
    static String text(@Nullable Object value) {
        try {
            if (value instanceof Array array) {
                List<String> items = new ArrayList<>();
                for (Object item : (Object[]) array.getArray()) {
                    items.add(text(item));
                }
                return items.toString();
            }
            if (value instanceof List<?> list) {
                return list.stream().map(DuckDb::text).toList().toString();
            }
            if (value instanceof Double || value instanceof Float) {
                double number = ((Number) value).doubleValue();
                return Double.isNaN(number) || Double.isInfinite(number)
                        ? value.toString()
                        : number(new BigDecimal(number));
            }
            if (value instanceof BigDecimal number) {
                return number(number);
            }
            if (value instanceof BigInteger number) {
                return number(new BigDecimal(number));
            }
            if (value instanceof Number number) {
                return number.toString();
            }
            if (value instanceof OffsetDateTime time) {
                return Long.toString(ChronoUnit.MICROS.between(java.time.Instant.EPOCH, time.toInstant()));
            }
            if (value instanceof Timestamp time) {
                return text(time.toLocalDateTime());
            }
            if (value instanceof LocalDateTime time) {
                return Long.toString(ChronoUnit.MICROS.between(LocalDate.EPOCH.atStartOfDay(), time));
            }
            if (value instanceof LocalDate date) {
                return Long.toString(date.toEpochDay());
            }
            String text = String.valueOf(value);
            if (text.startsWith("{") || text.startsWith("[{")) {
                return new com.fasterxml.jackson.databind.ObjectMapper()
                        .readTree(text)
                        .toString();
            }
            return text;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            return String.valueOf(value); // no JSON
        }
    }

    private static String number(BigDecimal number) {
        return number.round(new java.math.MathContext(12)).stripTrailingZeros().toPlainString();
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
