package io.voxelflight.sql.rewrite;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.Catalogue;
import io.voxelflight.sql.parse.StatementParser;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/** Functions in FROM clauses as the queries that they stand for. */
final class TableFunctions {
    private static final String OF_DATASET =
            "SELECT c.* FROM main.chunks AS c WHERE c.dataset = \"$dataset\" AND c.level = \"$level\"";

    /** The side of a level's chunks, 1 along z to 3 along x: no chunk that begins further before a place reaches it. */
    private static String side(int axis) {
        return "(SELECT l.chunk_shape[" + axis + "] FROM main.levels AS l WHERE l.dataset = \"$dataset\""
                + " AND l.level = \"$level\")";
    }

    /** The same for the level of chunk c. */
    private static String sideOfC(int axis) {
        return "(SELECT l.chunk_shape[" + axis + "] FROM main.levels AS l JOIN main.chunks AS k"
                + " ON l.dataset_id = k.dataset_id AND l.level = k.level WHERE k.id = CAST(\"$id\" AS BIGINT))";
    }

    /** A function: its parameters in order, those that may be left out with what they are then, and its query. */
    private record Definition(List<String> parameters, Map<String, String> defaults, String query) {}

    private static final Map<String, Definition> DEFINITIONS = Map.of(
            "chunks_in",
            new Definition(
                    List.of("dataset", "z0", "z1", "y0", "y1", "x0", "x1", "level"),
                    Map.of("level", "0"),
                    OF_DATASET
                            + " AND c.z < \"$z1\" AND c.z + c.size_z > \"$z0\" AND c.y < \"$y1\""
                            + " AND c.y + c.size_y > \"$y0\" AND c.x < \"$x1\" AND c.x + c.size_x > \"$x0\""
                            + " AND c.z > \"$z0\" - " + side(1) + " AND c.y > \"$y0\" - " + side(2)
                            + " AND c.x > \"$x0\" - " + side(3)),
            "neighbors",
            new Definition(
                    List.of("id"),
                    Map.of(),
                    "SELECT n.* FROM main.chunks AS c JOIN main.chunks AS n ON n.dataset_id = c.dataset_id"
                            + " AND n.level = c.level AND n.t = c.t AND n.c = c.c AND n.id <> c.id"
                            + " AND n.z <= c.z + c.size_z AND n.z + n.size_z >= c.z"
                            + " AND n.y <= c.y + c.size_y AND n.y + n.size_y >= c.y"
                            + " AND n.x <= c.x + c.size_x AND n.x + n.size_x >= c.x"
                            + " AND n.z >= c.z - " + sideOfC(1) + " AND n.y >= c.y - " + sideOfC(2)
                            + " AND n.x >= c.x - " + sideOfC(3)
                            + " WHERE c.id = CAST(\"$id\" AS BIGINT)"
                            + " AND n.id >= CAST(\"$id\" AS BIGINT) - CAST(\"$id\" AS BIGINT) % 1099511627776"
                            + " AND n.id < CAST(\"$id\" AS BIGINT) - CAST(\"$id\" AS BIGINT) % 1099511627776"
                            + " + 1099511627776"));

    private TableFunctions() {}

    /** The query of a function's call; null if the function is none of ours. */
    static @Nullable SqlNode query(SqlCall call) {
        String name = ((SqlFunction) call.getOperator()).getName().toLowerCase(Locale.ROOT);
        if (name.startsWith("duckdb_")) {
            if (call.operandCount() > 0) {
                throw new ServiceException(ErrorCode.INVALID_ARGUMENT, name + "() takes no arguments: leave them out");
            }
            return new SqlIdentifier(List.of(Catalogue.DUCKDB, name), call.getParserPosition());
        }
        Definition definition = DEFINITIONS.get(name);
        if (definition == null) {
            return null;
        }
        Map<String, SqlNode> arguments = arguments(name, definition, call.getOperandList());
        SqlNode query = StatementParser.fragment(definition.query());
        SqlNode filled = query.accept(new SqlShuttle() {
            @Override
            public SqlNode visit(SqlIdentifier identifier) {
                SqlNode argument =
                        identifier.isSimple() && identifier.getSimple().startsWith("$")
                                ? arguments.get(identifier.getSimple().substring(1))
                                : null;
                return argument == null ? identifier : Copies.of(argument);
            }
        });
        SqlParserPos at = call.getParserPosition();
        return SqlStdOperatorTable.AS.createCall(at, filled == null ? query : filled, new SqlIdentifier(name, at));
    }

    private static Map<String, SqlNode> arguments(String name, Definition definition, List<SqlNode> given) {
        Map<String, SqlNode> arguments = new LinkedHashMap<>();
        definition
                .defaults()
                .forEach((parameter, value) -> arguments.put(parameter, StatementParser.expression(value)));
        List<String> missing = new ArrayList<>(definition.parameters());
        missing.removeAll(definition.defaults().keySet());
        int place = 0;
        for (SqlNode argument : given) {
            String parameter;
            SqlNode value = argument;
            if (argument.getKind() == SqlKind.ARGUMENT_ASSIGNMENT) {
                value = ((SqlCall) argument).operand(0);
                parameter = ((SqlIdentifier) ((SqlCall) argument).operand(1))
                        .getSimple()
                        .toLowerCase(Locale.ROOT);
            } else {
                parameter = place < definition.parameters().size()
                        ? definition.parameters().get(place++)
                        : "";
            }
            if (!definition.parameters().contains(parameter)) {
                throw wrong(name, definition);
            }
            missing.remove(parameter);
            arguments.put(parameter, value);
        }
        if (!missing.isEmpty()) {
            throw wrong(name, definition);
        }
        return arguments;
    }

    private static ServiceException wrong(String name, Definition definition) {
        List<String> parameters = new ArrayList<>();
        for (String parameter : definition.parameters()) {
            String value = definition.defaults().get(parameter);
            parameters.add(value == null ? parameter : parameter + " := " + value);
        }
        return new ServiceException(
                ErrorCode.INVALID_ARGUMENT,
                "these are not the arguments of " + name + ": write " + name + "(" + String.join(", ", parameters)
                        + ")");
    }
}
