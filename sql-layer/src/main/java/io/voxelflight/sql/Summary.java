package io.voxelflight.sql;

import io.voxelflight.sql.catalogue.ColumnType;
import io.voxelflight.sql.catalogue.Kind;
import io.voxelflight.sql.execute.PreparedQuery;
import io.voxelflight.sql.translate.Constants;
import io.voxelflight.sql.translate.Translation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** SUMMARIZE: a row of statistics for each column of a query, in DuckDB's columns. Counts and quantiles are exact. */
final class Summary {
    private static final List<String> COLUMNS = List.of(
            "column_name",
            "column_type",
            "min",
            "max",
            "approx_unique",
            "avg",
            "std",
            "q25",
            "q50",
            "q75",
            "count",
            "null_percentage");

    private static final Set<Kind> INTEGERS = EnumSet.of(Kind.INT2, Kind.INT4, Kind.INT8);
    private static final Set<Kind> NUMBERS =
            EnumSet.of(Kind.INT2, Kind.INT4, Kind.INT8, Kind.FLOAT4, Kind.FLOAT8, Kind.NUMERIC);
    private static final Set<Kind> TIMES = EnumSet.of(Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPTZ);
    private static final String NONE = "CAST(NULL AS text)";

    private Summary() {}

    static Translation of(PreparedQuery query) {
        int count = query.columns().size();
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add("SELECT " + i + ", "
                    + row(query.translation().columns().get(i), query.columns().get(i), "\"c" + i + "\""));
        }
        String names = IntStream.range(0, count).mapToObj(i -> "\"c" + i + "\"").collect(Collectors.joining(", "));
        String result = COLUMNS.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", "));
        return Constants.around(
                query.translation(),
                "WITH \"rows\" (" + names + ") AS MATERIALIZED (",
                ") SELECT " + result + " FROM ("
                        + rows.stream().map(row -> row + " FROM \"rows\"").collect(Collectors.joining(" UNION ALL "))
                        + ") AS \"summary\" (\"number\", " + result + ") ORDER BY \"number\"",
                COLUMNS);
    }

    private static String row(String name, ColumnType type, String column) {
        boolean numbers = NUMBERS.contains(type.kind()) && !type.list();
        boolean times = TIMES.contains(type.kind()) && !type.list();
        boolean ordered = numbers || times || (type.kind() == Kind.TIME || type.kind() == Kind.INTERVAL) || type.list();
        String value = ordered ? column : "CAST(" + column + " AS text)";
        String distinct = "count(DISTINCT " + value + ")";
        String avg = NONE;
        String std = NONE;
        String[] quantiles = {NONE, NONE, NONE};
        if (numbers) {
            avg = "CAST(avg(CAST(" + column + " AS double precision)) AS text)";
            std = "CAST(stddev_samp(CAST(" + column + " AS double precision)) AS text)";
            String back = INTEGERS.contains(type.kind()) ? "bigint" : "double precision";
            quantiles = quantiles("CAST(" + column + " AS double precision)", "CAST(", " AS " + back + ")");
        } else if (times) {
            String seconds = "EXTRACT(EPOCH FROM CAST(" + column + " AS timestamp with time zone))";
            String back = type.kind() == Kind.TIMESTAMPTZ ? "timestamp with time zone" : "timestamp";
            avg = "CAST(CAST(to_timestamp(avg(" + seconds + ")) AS " + back + ") AS text)";
            quantiles =
                    quantiles("CAST(" + seconds + " AS double precision)", "CAST(to_timestamp(", ") AS " + back + ")");
        }
        return String.join(
                ", ",
                Constants.text(name),
                Constants.text(type.sqlName()),
                text("min(" + value + ")", type),
                text("max(" + value + ")", type),
                distinct,
                avg,
                std,
                quantiles[0],
                quantiles[1],
                quantiles[2],
                "count(*)",
                "CAST(CASE WHEN count(*) = 0 THEN NULL ELSE 100.0 * (count(*) - count(" + column
                        + ")) / count(*) END AS numeric(9, 2))");
    }

    private static String text(String value, ColumnType type) {
        return type.list()
                ? "('[' || array_to_string(" + value + ", ', ', 'NULL') || ']')"
                : "CAST(" + value + " AS text)";
    }

    private static String[] quantiles(String value, String before, String after) {
        String[] texts = new String[3];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = "CAST(" + before + "percentile_cont(0." + (i + 1) * 25 + ") WITHIN GROUP (ORDER BY " + value
                    + ")" + after + " AS text)";
        }
        return texts;
    }
}
