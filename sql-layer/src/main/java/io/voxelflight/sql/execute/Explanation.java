package io.voxelflight.sql.execute;

import io.voxelflight.sql.translate.Constants;
import io.voxelflight.sql.translate.Translation;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** EXPLAIN: Calcite's plan, the statement for PostgreSQL and PostgreSQL's plan, as rows of a statement. */
final class Explanation {
    private final Connection connection;
    private final UUID run;

    Explanation(Connection connection, UUID run) {
        this.connection = connection;
        this.run = run;
    }

    /** A statement whose rows explain another. */
    String of(String statement, Translation.Explained how) throws SQLException {
        List<String> lines = new ArrayList<>();
        // what the plan counts may be rows that the caller must not know of
        String costs = how.restricted() ? ", COSTS OFF" : "";
        if (!how.restricted() || !how.analyze()) {
            lines.addAll(lines(
                    "EXPLAIN (VERBOSE OFF" + costs + (how.analyze() ? ", ANALYZE, BUFFERS) " : ") ") + statement));
        } else {
            lines.addAll(lines("EXPLAIN (VERBOSE OFF, COSTS OFF) " + statement));
            for (String line : lines("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " + statement)) {
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

    private List<String> lines(String statement) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Statement explain = connection.createStatement();
                ResultSet row = explain.executeQuery(Connections.named(run, statement))) {
            while (row.next()) {
                lines.add(row.getString(1));
            }
        }
        return lines;
    }
}
