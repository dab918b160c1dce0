package io.voxelflight.sql.execute;

import io.voxelflight.sql.translate.Constants;
import io.voxelflight.sql.translate.Translation;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** EXPLAIN: Calcite's plan, the statement for PostgreSQL and PostgreSQL's plan, as rows of a statement. */
final class Explanation {
    private Explanation() {}

    /** A statement whose rows explain another. */
    static String of(Connection connection, String statement, Translation.Explained how) throws SQLException {
        List<String> lines = new ArrayList<>();
        // what the plan counts may be rows that the caller must not know of
        String costs = how.restricted() ? ", COSTS OFF" : "";
        if (!how.restricted() || !how.analyze()) {
            lines.addAll(lines(
                    connection,
                    "EXPLAIN (VERBOSE OFF" + costs + (how.analyze() ? ", ANALYZE, BUFFERS) " : ") ") + statement));
        } else {
            lines.addAll(lines(connection, "EXPLAIN (VERBOSE OFF, COSTS OFF) " + statement));
            for (String line : lines(connection, "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " + statement)) {
                if (line.startsWith("Planning Time:") || line.startsWith("Execution Time:")) {
                    lines.add(line);
                }
            }
        }
        return Constants.rows(
                        Translation.EXPLANATION,
                        List.of(
                                List.of(Constants.text("calcite_plan"), Constants.text(how.plan())),
                                List.of(Constants.text("postgres_sql"), Constants.text(statement)),
                                List.of(
                                        Constants.text(how.analyze() ? "analyzed_plan" : "physical_plan"),
                                        Constants.text(String.join("\n", lines)))))
                .template()
                .fill(List.of());
    }

    private static List<String> lines(Connection connection, String statement) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Statement explain = connection.createStatement();
                ResultSet row = explain.executeQuery(statement)) {
            while (row.next()) {
                lines.add(row.getString(1));
            }
        }
        return lines;
    }
}
