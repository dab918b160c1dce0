package io.voxelflight.sql.execute;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.ColumnType;
import io.voxelflight.sql.translate.Translation;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks PostgreSQL for the types of a statement's result, without running it. */
public final class Describer {
    /** A twentieth of a second: two connections are worth their making. */
    private static final double LARGE_ROWS = 50_000;

    private static final Pattern PLAN_ROWS = Pattern.compile("\"Plan Rows\": *(\\d+)");

    private final Connections connections;

    public Describer(Connections connections) {
        this.connections = connections;
    }

    /**
     * Describes the result.
     *
     * @throws ServiceException UNSUPPORTED if PostgreSQL does not take the statement, or a column has a type that does not
     *     come through
     */
    public PreparedQuery describe(Translation translation) {
        List<String> nulls =
                translation.parameters().stream().map(Literals::ofNull).toList();
        try (Session session = connections.transaction();
                PreparedStatement statement = session.connection()
                        .prepareStatement(translation.template().fill(nulls))) {
            ResultSetMetaData columns = statement.getMetaData();
            List<ColumnType> types = new ArrayList<>();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                types.add(type(columns, i, translation));
            }
            boolean large = !translation.halves().isEmpty() && expectedRows(session, translation) >= LARGE_ROWS;
            return new PreparedQuery(translation, types, large);
        } catch (SQLException e) {
            throw connections.failure(e);
        }
    }

    /** What PostgreSQL's planner expects of the scan: what it makes of its join with the few datasets is a guess. */
    private static double expectedRows(Session session, Translation translation) throws SQLException {
        try (Statement statement = session.connection().createStatement();
                ResultSet plan = statement.executeQuery(
                        "EXPLAIN (FORMAT JSON) " + translation.template().fill(List.of()))) {
            plan.next();
            Matcher rows = PLAN_ROWS.matcher(plan.getString(1));
            double most = 0;
            while (rows.find()) {
                most = Math.max(most, Double.parseDouble(rows.group(1)));
            }
            return most;
        }
    }

    /** The first column of a query without parameters, as text. */
    public List<String> texts(PreparedQuery query) {
        List<String> values = new ArrayList<>();
        try (Session session = connections.transaction();
                Statement statement = session.connection().createStatement();
                ResultSet row =
                        statement.executeQuery(query.translation().template().fill(List.of()))) {
            while (row.next()) {
                values.add(row.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw connections.failure(e);
        }
    }

    private static ColumnType type(ResultSetMetaData columns, int index, Translation translation) throws SQLException {
        String name = columns.getColumnTypeName(index);
        boolean numeric = columns.getColumnType(index) == Types.NUMERIC;
        ColumnType type = ColumnType.ofPostgres(
                name,
                numeric ? columns.getPrecision(index) : 0,
                numeric ? columns.getScale(index) : 0,
                translation.details().get(index - 1));
        if (type == null) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    "column '" + translation.columns().get(index - 1) + "' has PostgreSQL's type " + name
                            + ", which has no Arrow type here: cast it to VARCHAR");
        }
        return type;
    }
}
