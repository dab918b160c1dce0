package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.Table;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Each feature of a list of DuckDB's gives the same here as in DuckDB itself over the same rows, or is refused in words.
 *
 * <p>Types count as the same when they are so by name, and where Arrow or PostgreSQL lack one: UUID and JSON come as
 * text; HUGEINT as DECIMAL(38,0), or as BIGINT where that holds it (sums of INTEGER); a DECIMAL of any precision is one.
 * Rows count in their order only where the statement
 * orders them. What is random, approximate or of the clock is compared as far as it is not ({@link #LOOSE}).
 */
class DuckDbFeaturesTest {
    @RegisterExtension
    static final SqlFixture SQL = new SqlFixture();

    /** Named features whose values differ from run to run, or are approximations in DuckDB; their types are compared. */
    private static final Set<String> LOOSE = Set.of(
            "limit percent", // which rows is not said
            "TABLESAMPLE duckdb pct",
            "USING SAMPLE pct",
            "now()",
            "current_timestamp",
            "EXPLAIN",
            "EXPLAIN ANALYZE");

    private static final String FEATURES = "duckdb-features.txt";
    private static final String MORE = "duckdb-more.txt";

    enum Outcome {
        SAME,
        OURS,
        REFUSED,
        DIFFERS,
        ERROR
    }

    record Feature(String name, String statement) {}

    record Verdict(Feature feature, Outcome outcome, boolean duck, String detail) {}

    static List<Feature> features(String file) {
        List<Feature> features = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(DuckDbFeaturesTest.class.getResourceAsStream(file)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    int cut = line.startsWith("string concat") ? line.lastIndexOf("|select") : line.indexOf('|');
                    features.add(new Feature(line.substring(0, cut), line.substring(cut + 1)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return features;
    }

    @Test
    void everyFeatureIsTheSameOrRefused() {
        List<Verdict> verdicts = judge(SQL.engine(), FEATURES);
        System.out.println(report(verdicts));
        assertThat(verdicts.stream().filter(v -> v.outcome() == Outcome.DIFFERS || v.outcome() == Outcome.ERROR))
                .isEmpty();
        assertThat(verdicts.stream().filter(v -> v.outcome() == Outcome.SAME).count())
                .isGreaterThanOrEqualTo(130);
    }

    @Test
    void moreStatementsAreTheSame() {
        List<Verdict> verdicts = judge(SQL.engine(), MORE);
        assertThat(verdicts).isNotEmpty().allSatisfy(verdict -> assertThat(verdict.outcome())
                .as(verdict.toString())
                .isEqualTo(Outcome.SAME));
    }

    static List<Verdict> judge(SqlEngine engine, String file) {
        List<Verdict> verdicts = new ArrayList<>();
        for (Feature feature : features(file)) {
            // of its own for each: some statements change the session
            try (DuckDb duck = DuckDb.with(
                    engine.catalogue().tables().stream().map(Table::name).toList())) {
                verdicts.add(judge(engine, duck, feature));
            }
        }
        return verdicts;
    }

    private static Verdict judge(SqlEngine engine, DuckDb duck, Feature feature) {
        DuckDb.Result expected = null;
        String failure = "";
        try {
            expected = duck.query(feature.statement());
        } catch (SQLException e) {
            failure = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        }
        boolean runs = expected != null;
        Answer answer;
        try {
            answer = feature.statement().contains("= $1") || feature.statement().contains("= ?")
                    ? Answer.of(engine, feature.statement(), "CAST('1099511627777' AS bigint)")
                    : Answer.of(engine, feature.statement());
        } catch (ServiceException e) {
            boolean named = e.code() != ErrorCode.INTERNAL && !e.line().contains("PostgreSQL does not take");
            return new Verdict(feature, named ? Outcome.REFUSED : Outcome.ERROR, runs, e.line());
        } catch (RuntimeException | Error e) {
            return new Verdict(feature, Outcome.ERROR, runs, e.toString());
        }
        if (expected == null) {
            return new Verdict(feature, Outcome.OURS, false, "DuckDB: " + failure);
        }
        String difference = difference(feature, expected, answer);
        return new Verdict(feature, difference.isEmpty() ? Outcome.SAME : Outcome.DIFFERS, true, difference);
    }

    private static String difference(Feature feature, DuckDb.Result expected, Answer answer) {
        List<String> types =
                answer.schema().getFields().stream().map(DuckDb::typeName).toList();
        List<String> wanted = IntStream.range(0, expected.types().size())
                .mapToObj(i -> expected.types().get(i).equals("HUGEINT")
                                && i < types.size()
                                && types.get(i).equals("BIGINT")
                        ? "BIGINT"
                        : comparable(expected.types().get(i)))
                .toList();
        List<String> ours = types.stream().map(DuckDbFeaturesTest::comparable).toList();
        if (!wanted.equals(ours)) {
            return "types " + expected.types() + " but " + types;
        }
        if (LOOSE.contains(feature.name())) {
            boolean same = feature.name().startsWith("EXPLAIN")
                    || expected.rows().size() == answer.rows().size();
            return same
                    ? ""
                    : expected.rows().size() + " rows but " + answer.rows().size();
        }
        List<List<String>> rows = answer.rows().stream()
                .map(row -> row.stream().map(DuckDb::text).toList())
                .toList();
        if (feature.name().startsWith("SUMMARIZE")) {
            return summaries(expected.rows(), rows);
        }
        boolean ordered = Pattern.compile("order by(?!.*\\))")
                .matcher(feature.statement())
                .find();
        List<List<String>> first = ordered ? expected.rows() : sorted(expected.rows());
        List<List<String>> second = ordered ? rows : sorted(rows);
        if (!first.equals(second)) {
            int at = IntStream.range(0, Math.min(first.size(), second.size()))
                    .filter(i -> !first.get(i).equals(second.get(i)))
                    .findFirst()
                    .orElse(Math.min(first.size(), second.size()));
            return first.size() + " rows but " + second.size() + "; row " + at + ": "
                    + (at < first.size() ? first.get(at) : "none") + " but "
                    + (at < second.size() ? second.get(at) : "none");
        }
        return "";
    }

    /** Counts of distinct values and quantiles are approximations in DuckDB and exact here: not compared. */
    private static String summaries(List<List<String>> expected, List<List<String>> rows) {
        if (expected.size() != rows.size()) {
            return expected.size() + " rows but " + rows.size();
        }
        for (int row = 0; row < rows.size(); row++) {
            for (int column : new int[] {0, 1, 2, 3, 5, 6, 10, 11}) {
                String first = number(expected.get(row).get(column));
                String second = number(rows.get(row).get(column));
                if (!first.equals(second)) {
                    return "row " + row + ", column " + column + ": " + first + " but " + second;
                }
            }
        }
        return "";
    }

    private static String number(String text) {
        return text.matches("-?\\d+(\\.\\d+)?(e[+-]?\\d+)?") ? DuckDb.text(Double.valueOf(text)) : text;
    }

    private static List<List<String>> sorted(List<List<String>> rows) {
        return rows.stream()
                .sorted((a, b) -> a.toString().compareTo(b.toString()))
                .toList();
    }

    private static String comparable(String type) {
        if (type.equals("UUID") || type.equals("JSON")) {
            return "VARCHAR";
        }
        if (type.equals("HUGEINT")) {
            return "DECIMAL";
        }
        return type.replaceAll("DECIMAL\\(\\d+,\\d+\\)", "DECIMAL");
    }

    static String report(List<Verdict> verdicts) {
        StringBuilder report = new StringBuilder();
        Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        for (Verdict verdict : verdicts) {
            counts.merge(verdict.outcome(), 1, Integer::sum);
            if (verdict.outcome() != Outcome.SAME) {
                report.append(String.format(
                        "%-8s %s %s | %s%n         %s%n",
                        verdict.outcome(),
                        verdict.duck() ? "duck" : "    ",
                        verdict.feature().name(),
                        verdict.feature().statement(),
                        verdict.detail()));
            }
        }
        return report + "score: " + counts + " of " + verdicts.size() + ", DuckDB runs "
                + verdicts.stream().filter(Verdict::duck).count();
    }

    /** Prints the score. */
    public static void main(String[] args) {
        try (BufferAllocator allocator = new RootAllocator();
                SqlEngine engine = new SqlEngine(SampleCatalog.database().readOnly(), allocator, SqlLimits.DEFAULT)) {
            System.out.println(report(judge(engine, args.length == 0 ? FEATURES : args[0])));
        }
    }
}
