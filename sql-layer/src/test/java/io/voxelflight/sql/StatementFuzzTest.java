package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.translate.Visibility;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Statements of all tests, broken in every way: each is prepared or refused with a message for the user, soon, and never
 * with a failure of ours. Lasts {@code -Dfuzz.seconds} (5); {@code -Dfuzz.seed} repeats a run.
 */
class StatementFuzzTest {
    @RegisterExtension
    static final SqlFixture SQL = new SqlFixture();

    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 5);
    private static final long SEED = Long.getLong("fuzz.seed", 20_251_125L);

    /** Far more than any takes, on a machine that does other things too. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private static final Pattern TOKEN = Pattern.compile("'[^']*'|\"[^\"]*\"|\\w+|\\s+|[^\\w\\s]");

    private static final List<String> SPICE = List.of(
            "(",
            ")",
            "((((((((",
            "))))",
            "'",
            "\"",
            "--",
            "/*",
            "*/",
            ";",
            ",",
            "::",
            "?",
            "$1",
            "[",
            "]",
            "{",
            "}",
            "\\",
            "\u200b",
            "\u0000",
            "\ud83d",
            "é",
            "NULL",
            "NaN",
            "1e999",
            "-9223372036854775809",
            "0x1F",
            "1.",
            ".5",
            "CASE WHEN",
            "END",
            "OVER (",
            "FILTER (",
            "UNION ALL",
            "WITH x AS (",
            "LATERAL",
            "UNNEST(",
            "blocks('em')",
            "neighbors(1)",
            "QUALIFY",
            "PIVOT",
            "UNPIVOT",
            "EXPLAIN ANALYZE",
            "SUMMARIZE",
            "DESCRIBE",
            "GROUP BY ALL",
            "ORDER BY ALL",
            "EXCLUDE (id)",
            "REPLACE (1 AS id)",
            "COLUMNS('.*')",
            "LIMIT 10%",
            "USING SAMPLE 1%",
            "x -> x + 1",
            "FOR x IN [1] IF x > 1",
            "INTERVAL",
            "TRY_CAST(",
            "AS DECIMAL(99,98))",
            "IS DISTINCT FROM",
            "ASOF JOIN",
            "POSITIONAL JOIN",
            "ROLLUP (",
            "GROUPING SETS ((), (id))",
            "ROWS BETWEEN",
            "attrs ->> 'a'",
            "tensor");

    private static List<String> corpus() throws IOException {
        List<String> statements = new ArrayList<>();
        Path root = Path.of(System.getProperty("voxelflight.root"));
        for (String list : List.of("duckdb-features.txt", "duckdb-more.txt")) {
            try (Stream<Path> found = Files.walk(root.resolve("sql-layer/src/test/resources"))) {
                for (Path path : found.filter(file -> file.endsWith(list)).toList()) {
                    for (String line : Files.readAllLines(path)) {
                        if (line.contains("|") && !line.startsWith("#")) {
                            statements.add(line.substring(line.lastIndexOf('|', line.length() - 1) + 1)
                                    .strip());
                        }
                    }
                }
            }
        }
        Matcher fence = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(root.resolve("docs/sql.md")));
        while (fence.find()) {
            for (String statement : fence.group(1).split(";", -1)) {
                statements.add(statement.strip());
            }
        }
        statements.removeIf(String::isBlank);
        return statements;
    }

    @Test
    void noStatementMakesOursFail() throws IOException {
        List<String> corpus = corpus();
        assertThat(corpus).hasSizeGreaterThan(200);
        List<List<String>> tokens = corpus.stream().map(StatementFuzzTest::cut).toList();
        Random random = new Random(SEED);
        Map<ErrorCode, Integer> refused = new EnumMap<>(ErrorCode.class);
        int prepared = 0;
        long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        long slowest = 0;
        while (System.nanoTime() < end) {
            String statement = broken(tokens, random);
            long start = System.nanoTime();
            try {
                SQL.engine().prepare(statement, Visibility.ALL);
                prepared++;
            } catch (ServiceException e) {
                refused.merge(e.code(), 1, Integer::sum);
                assertThat(e.code())
                        .as("%s of: %s", e.line(), statement)
                        .isNotIn(
                                ErrorCode.INTERNAL, ErrorCode.UNAVAILABLE, ErrorCode.CORRUPT_DATA, ErrorCode.TIMED_OUT);
                assertThat(e.line()).as(statement).doesNotContain("\n").isNotBlank();
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + SEED + ", statement: " + statement, e);
            }
            slowest = Math.max(slowest, System.nanoTime() - start);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as(statement)
                    .isLessThan(LONGEST);
        }
        assertThat(prepared).isPositive();
        System.out.printf(
                "%d statements prepared, refused: %s, the slowest took %d ms%n",
                prepared, refused, slowest / 1_000_000);
    }

    private static List<String> cut(String statement) {
        List<String> tokens = new ArrayList<>();
        Matcher token = TOKEN.matcher(statement);
        while (token.find()) {
            tokens.add(token.group());
        }
        return tokens;
    }

    private static String broken(List<List<String>> corpus, Random random) {
        List<String> tokens = new ArrayList<>(corpus.get(random.nextInt(corpus.size())));
        int changes = 1 + random.nextInt(random.nextInt(5) == 0 ? 12 : 3);
        for (int i = 0; i < changes && !tokens.isEmpty(); i++) {
            int at = random.nextInt(tokens.size());
            int to = Math.min(tokens.size(), at + 1 + random.nextInt(6));
            List<String> other = corpus.get(random.nextInt(corpus.size()));
            switch (random.nextInt(9)) {
                case 0 -> tokens.subList(at, to).clear();
                case 1 -> tokens.addAll(at, List.copyOf(tokens.subList(at, to)));
                case 2 -> tokens.set(at, other.get(random.nextInt(other.size())));
                case 3 -> tokens.add(at, " " + SPICE.get(random.nextInt(SPICE.size())) + " ");
                case 4 -> {
                    int from = random.nextInt(other.size());
                    tokens.addAll(at, other.subList(from, Math.min(other.size(), from + 1 + random.nextInt(10))));
                }
                case 5 -> {
                    tokens.add(at, "(");
                    tokens.add(Math.min(tokens.size(), to + 1), ")");
                }
                case 6 -> tokens.set(at, tokens.get(random.nextInt(tokens.size())));
                case 7 -> {
                    tokens.add(at, " (");
                    tokens.addAll(at + 1, other);
                    tokens.add(Math.min(tokens.size(), at + 1 + other.size()), ") ");
                }
                default -> tokens.subList(to, tokens.size()).clear();
            }
        }
        return String.join("", tokens);
    }
}
