package io.voxelflight.sql;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.Catalogue;
import io.voxelflight.sql.catalogue.Column;
import io.voxelflight.sql.catalogue.ColumnType;
import io.voxelflight.sql.catalogue.Kind;
import io.voxelflight.sql.catalogue.Table;
import io.voxelflight.sql.execute.Describer;
import io.voxelflight.sql.execute.PreparedQuery;
import io.voxelflight.sql.parse.ParsedStatement;
import io.voxelflight.sql.parse.Sugar;
import io.voxelflight.sql.tensor.TensorColumn;
import io.voxelflight.sql.translate.Constants;
import io.voxelflight.sql.translate.Translation;
import io.voxelflight.sql.translate.Translator;
import io.voxelflight.sql.translate.Visibility;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Prepares statements: queries, and what DuckDB says about queries and tables, such as DESCRIBE and EXPLAIN. */
final class Statements {
    private static final int MAX_PIVOTED = 100;
    private static final Set<Kind> PIVOTED = EnumSet.of(Kind.TEXT, Kind.INT2, Kind.INT4, Kind.INT8);

    private final Catalogue catalogue;
    private final Translator translator;
    private final Describer describer;

    Statements(Catalogue catalogue, Translator translator, Describer describer) {
        this.catalogue = catalogue;
        this.translator = translator;
        this.describer = describer;
    }

    /**
     * A prepared statement.
     *
     * @param lasting whether it may be used again: its columns do not depend on rows
     */
    record Prepared(PreparedQuery query, boolean lasting) {}

    Prepared prepare(String statement, Visibility visibility) {
        ParsedStatement parsed = translator.parse(statement);
        ParsedStatement pivoted = pivoted(parsed, visibility);
        return new Prepared(prepare(pivoted, visibility), pivoted.equals(parsed));
    }

    private PreparedQuery prepare(ParsedStatement parsed, Visibility visibility) {
        if (parsed.tree() instanceof SqlCall call) {
            SqlOperator operator = call.getOperator();
            if (operator.equals(Sugar.DESCRIBE)) {
                return describe(query(parsed.part(call.operand(0)), visibility));
            }
            if (operator.equals(Sugar.SUMMARIZE)) {
                PreparedQuery summarized = query(parsed.part(call.operand(0)), visibility);
                if (!summarized.tensors().isEmpty()) {
                    throw new ServiceException(
                            ErrorCode.UNSUPPORTED,
                            "SUMMARIZE of tensors is not supported: leave them out, as in SUMMARIZE SELECT * EXCLUDE"
                                    + " (tensor) FROM blocks('name'), or summarize chunks");
                }
                return describer.describe(Summary.of(summarized));
            }
            if (operator.equals(Sugar.SHOW)) {
                return show(call, parsed, visibility);
            }
            if (operator.equals(Sugar.EXPLAIN) || operator.equals(Sugar.EXPLAIN_ANALYZE)) {
                query(parsed.part(call.operand(0)), visibility); // PostgreSQL must take it
                Translation explained = translator.explain(
                        parsed.part(call.operand(0)), visibility, operator.equals(Sugar.EXPLAIN_ANALYZE));
                ColumnType text = ColumnType.of(Kind.TEXT);
                return new PreparedQuery(explained, List.of(text, text));
            }
        }
        return query(parsed, visibility);
    }

    /** A PIVOT that names no values, with those that are there. */
    private ParsedStatement pivoted(ParsedStatement parsed, Visibility visibility) {
        SqlNode tree = parsed.tree();
        SqlNode inner = tree instanceof SqlOrderBy order ? order.query : tree;
        if (!(inner instanceof SqlCall pivot)
                || !pivot.getOperator().equals(Sugar.PIVOT)
                || !((SqlNodeList) pivot.operand(2)).isEmpty()) {
            return parsed;
        }
        SqlParserPos at = pivot.getParserPosition();
        SqlNode column = pivot.operand(1);
        PreparedQuery values =
                query(parsed.part(Sugar.distinct(pivot.operand(0), column, MAX_PIVOTED + 1)), visibility);
        if (!values.translation().parameters().isEmpty()
                || !PIVOTED.contains(values.columns().get(0).kind())) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    "PIVOT by a column of type " + values.columns().get(0).sqlName()
                            + " without its values is not supported: write ON column IN (1, 2)");
        }
        List<SqlNode> named = new ArrayList<>();
        for (String value : describer.texts(values)) {
            named.add(
                    values.columns().get(0).kind() == Kind.TEXT
                            ? SqlLiteral.createCharString(value, at)
                            : SqlLiteral.createExactNumeric(value, at));
        }
        if (named.isEmpty() || named.size() > MAX_PIVOTED) {
            throw new ServiceException(
                    named.isEmpty() ? ErrorCode.INVALID_ARGUMENT : ErrorCode.RESOURCE_EXHAUSTED,
                    "PIVOT would make " + (named.isEmpty() ? "no" : "more than " + MAX_PIVOTED)
                            + " columns: write ON column IN ('a', 'b')");
        }
        SqlNode written = Sugar.PIVOT.createCall(
                at, pivot.operand(0), column, new SqlNodeList(named, at), pivot.operand(3), pivot.operand(4));
        return parsed.part(
                tree instanceof SqlOrderBy order
                        ? new SqlOrderBy(at, written, order.orderList, order.offset, order.fetch)
                        : written);
    }

    private PreparedQuery query(ParsedStatement parsed, Visibility visibility) {
        return describer.describe(translator.translate(parsed, visibility));
    }

    private static String sqlName(PreparedQuery query, int column) {
        TensorColumn tensor = query.tensors().get(column);
        return tensor == null ? query.columns().get(column).sqlName() : tensor.sqlName();
    }

    private PreparedQuery describe(PreparedQuery query) {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < query.columns().size(); i++) {
            String none = Constants.text(null);
            rows.add(List.of(
                    Constants.text(query.translation().columns().get(i)),
                    Constants.text(sqlName(query, i)),
                    Constants.text("YES"),
                    none,
                    none,
                    none));
        }
        return describer.describe(
                Constants.rows(List.of("column_name", "column_type", "null", "key", "default", "extra"), rows));
    }

    private PreparedQuery show(SqlCall call, ParsedStatement parsed, Visibility visibility) {
        SqlIdentifier name = call.operand(1);
        String what = ((SqlLiteral) call.operand(0)).getValueAs(String.class).toUpperCase(Locale.ROOT);
        return describer.describe(
                switch (what) {
                    case "TABLES" -> tables();
                    case "ALL TABLES" -> allTables();
                    case "DATABASES" ->
                        Constants.rows(List.of("database_name"), List.of(List.of(Constants.text(Catalogue.CATALOG))));
                    case "SCHEMAS" ->
                        Constants.rows(
                                List.of("database_name", "schema_name"),
                                List.of(List.of(Constants.text(Catalogue.CATALOG), Constants.text(Catalogue.SCHEMA))));
                    case "TABLE_INFO" -> tableInfo(name);
                    default -> {
                        find(name); // there is no other thing to show
                        yield describe(query(parsed.part(Sugar.allOf(name)), visibility))
                                .translation();
                    }
                });
    }

    private Translation tables() {
        return Constants.rows(
                List.of("name"),
                catalogue.tables().stream()
                        .map(table -> List.of(Constants.text(table.name())))
                        .toList());
    }

    private Translation allTables() {
        List<List<String>> rows = new ArrayList<>();
        for (Table table : catalogue.tables()) {
            rows.add(List.of(
                    Constants.text(Catalogue.CATALOG),
                    Constants.text(Catalogue.SCHEMA),
                    Constants.text(table.name()),
                    Constants.texts(table.columns().stream().map(Column::name).toList()),
                    Constants.texts(table.columns().stream()
                            .map(column -> column.type().sqlName())
                            .toList()),
                    "false"));
        }
        return Constants.rows(List.of("database", "schema", "name", "column_names", "column_types", "temporary"), rows);
    }

    private Translation tableInfo(SqlIdentifier name) {
        Table table = find(name);
        List<List<String>> rows = new ArrayList<>();
        for (Column column : table.columns()) {
            rows.add(List.of(
                    Integer.toString(rows.size()),
                    Constants.text(column.name()),
                    Constants.text(column.type().sqlName()),
                    "false",
                    Constants.text(null),
                    "false"));
        }
        return Constants.rows(List.of("cid", "name", "type", "notnull", "dflt_value", "pk"), rows);
    }

    private Table find(SqlIdentifier name) {
        String last = name.names.get(name.names.size() - 1);
        return catalogue.tables().stream()
                .filter(table -> table.name().equalsIgnoreCase(last))
                .findFirst()
                .orElseThrow(() -> new ServiceException(
                        ErrorCode.NOT_FOUND,
                        "there is nothing to show of the name '" + name + "': write SHOW TABLES, SHOW ALL TABLES,"
                                + " SHOW DATABASES or SHOW and a table's name"));
    }
}
