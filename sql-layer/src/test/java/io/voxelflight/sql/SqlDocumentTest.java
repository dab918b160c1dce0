package io.voxelflight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.guard.Operators;
import io.voxelflight.sql.translate.Visibility;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What docs/sql.md says of the dialect is so. */
class SqlDocumentTest {
    @RegisterExtension
    static final SqlFixture SQL = new SqlFixture();

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private static String text() throws IOException {
        return Files.readString(Path.of(System.getProperty("voxelflight.root"), "docs", "sql.md"));
    }

    @Test
    void everyQuestionIsAnswered() throws IOException {
        String text = text();
        List<String> statements = new ArrayList<>();
        Matcher fence = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL).matcher(text);
        while (fence.find()) {
            for (String statement : fence.group(1).replaceAll("(?m)^--.*$", "").split(";", -1)) {
                if (!statement.isBlank()) {
                    statements.add(statement.strip());
                }
            }
        }
        assertThat(statements).hasSizeGreaterThanOrEqualTo(15);
        assertThat(statements).allSatisfy(statement -> assertThat(Answer.of(SQL.engine(), statement))
                .as(statement)
                .isNotNull());
    }

    @Test
    void whatIsNotThereIsRefusedAndItsEquivalentAnswered() throws IOException {
        String text = text();
        List<String> refused = new ArrayList<>();
        List<String> answered = new ArrayList<>();
        for (String line : text.substring(text.indexOf("| not here | write |"))
                .lines()
                .skip(2)
                .toList()) {
            if (!line.startsWith("|")) {
                break;
            }
            String[] cells = line.split("(?<=`) \\| |(?<=`), or a parameter \\|", -1);
            collect(cells[0], refused);
            if (cells.length > 1) {
                collect(cells[1], answered);
            }
        }
        assertThat(refused).hasSizeGreaterThan(12);
        assertThat(refused)
                .allSatisfy(statement -> assertThatThrownBy(() -> SQL.engine().prepare(statement, Visibility.ALL))
                        .as(statement)
                        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                                .isIn(ErrorCode.UNSUPPORTED, ErrorCode.INVALID_ARGUMENT)));
        assertThat(answered).hasSizeGreaterThan(4);
        assertThat(answered).allSatisfy(statement -> assertThat(Answer.of(SQL.engine(), statement))
                .as(statement)
                .isNotNull());
    }

    /** Functions that are written as operators or through other names are not in the lists. */
    @Test
    void theFunctionsNamedAreThose() throws IOException {
        String text = text();
        String lists = text.substring(text.indexOf("- numbers: `"), text.indexOf("What is not here is refused"));
        TreeSet<String> known = new TreeSet<>();
        Operators.scalarNames().forEach(name -> known.add(name.toLowerCase(Locale.ROOT)));
        Operators.aggregateNames().forEach(name -> known.add(name.toLowerCase(Locale.ROOT)));
        known.removeIf(name -> lists.matches("(?s).*\\b" + name + "\\b.*"));
        assertThat(known)
                .as("functions that docs/sql.md does not name, beside those with another spelling")
                .containsExactlyInAnyOrder(NOT_NAMED.toArray(new String[0]));
    }

    private static final List<String> NOT_NAMED = List.of(
            "character_length",
            "equals_any_of",
            "generate_series",
            "list_slice",
            "max_n",
            "min_n",
            "regexp_like",
            "regr_count",
            "regr_sxx",
            "regr_syy",
            "same_position",
            "some",
            "stddev_pop",
            "stddev_samp",
            "try_cast",
            "unnest_rows");

    private static void collect(String cell, List<String> statements) {
        Matcher code = CODE.matcher(cell);
        while (code.find()) {
            statements.add(code.group(1));
        }
    }
}
