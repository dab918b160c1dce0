package io.voxelflight.sql.translate;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.sql.SqlAbstractDateTimeLiteral;
import org.apache.calcite.sql.SqlDialect;
import org.apache.calcite.sql.SqlIntervalLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.dialect.PostgresqlSqlDialect;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/** How literals and limits are written for PostgreSQL with standard_conforming_strings on. */
final class PostgresDialect extends PostgresqlSqlDialect {
    static final SqlDialect INSTANCE = new PostgresDialect();

    private PostgresDialect() {
        super(PostgresqlSqlDialect.DEFAULT_CONTEXT.withIdentifierQuoteString("\""));
    }

    static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    @Override
    public void quoteStringLiteral(StringBuilder out, @Nullable String charset, String text) {
        out.append(quoted(text));
    }

    @Override
    public void quoteStringLiteralUnicode(StringBuilder out, String text) {
        out.append(quoted(text));
    }

    @Override
    public void unparseDateTimeLiteral(SqlWriter writer, SqlAbstractDateTimeLiteral literal, int left, int right) {
        String type =
                switch (literal.getTypeName()) {
                    case TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIMESTAMP_TZ -> "TIMESTAMP WITH TIME ZONE";
                    default -> literal.getTypeName().getSpaceName();
                };
        writer.literal(type + " " + quoted(literal.toFormattedString()));
    }

    @Override
    public void unparseSqlIntervalLiteral(SqlWriter writer, SqlIntervalLiteral literal, int left, int right) {
        SqlIntervalLiteral.IntervalValue interval = literal.getValueAs(SqlIntervalLiteral.IntervalValue.class);
        TimeUnit start = interval.getIntervalQualifier().getStartUnit();
        TimeUnit end = interval.getIntervalQualifier().getEndUnit();
        String sign = interval.getSign() < 0 ? "-" : "";
        if (end == null || end == start) {
            writer.literal("INTERVAL " + quoted(sign + interval.getIntervalLiteral() + " " + unit(start)));
        } else {
            writer.literal("INTERVAL " + quoted(sign + interval.getIntervalLiteral()) + " " + start + " TO " + end);
        }
    }

    @Override
    public void unparseOffsetFetch(SqlWriter writer, @Nullable SqlNode offset, @Nullable SqlNode fetch) {
        unparseFetchUsingLimit(writer, offset, fetch);
    }

    /** A unit as PostgreSQL reads it inside an interval's text. */
    static String unit(TimeUnit unit) {
        return switch (unit) {
            case YEAR, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND ->
                unit.name().toLowerCase(java.util.Locale.ROOT);
            default ->
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED,
                        "intervals in " + unit + " are not supported: write months, days or seconds");
        };
    }

    static boolean isTimestamp(SqlTypeName type) {
        return type == SqlTypeName.TIMESTAMP || type == SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE;
    }
}
