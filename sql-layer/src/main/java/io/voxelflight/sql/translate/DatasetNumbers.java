package io.voxelflight.sql.translate;

import io.voxelflight.sql.catalogue.Catalogue;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * Says beside a condition on a dataset's name or id, or on a chunk's id, what follows of the dataset's number, which the tables
 * of chunks are partitioned by: PostgreSQL then plans for that partition only, however many there are. Where
 * {@code c.dataset = 'a'} is true, {@code c.dataset_no} is the number of dataset a, so that both together mean what the first
 * means.
 */
final class DatasetNumbers {
    /** The tables that have the number of their dataset, in a column that users do not see. */
    private static final Set<String> TABLES = Set.of("chunks", "labels");

    private static final Map<String, String> FUNCTIONS = Map.of(
            "dataset", "\"main\".\"dataset_number\"(CAST(? AS text))",
            "dataset_id", "\"main\".\"dataset_number_of_id\"(CAST(? AS uuid))");

    /** Ids of the chunks of dataset n lie from n * 2^40 on. */
    private static final String OF_CHUNK = "CAST((CAST(? AS bigint) >> 40) AS integer)";

    private static final Set<String> CHUNK_IDS = Set.of("id", "chunk_id");

    /** What follows for the number of the dataset from a comparison of a chunk's id with a constant on its right. */
    private static final Map<SqlKind, String> FOLLOWS = Map.of(
            SqlKind.EQUALS, "=",
            SqlKind.GREATER_THAN, ">=",
            SqlKind.GREATER_THAN_OR_EQUAL, ">=",
            SqlKind.LESS_THAN, "<=",
            SqlKind.LESS_THAN_OR_EQUAL, "<=");

    private static final Set<SqlKind> ARITHMETIC = Set.of(SqlKind.PLUS, SqlKind.MINUS, SqlKind.TIMES, SqlKind.MOD);

    /** For each query at hand, innermost first, its tables' names, and whether each is one of {@link #TABLES}. */
    private final Deque<Map<String, Boolean>> scopes = new ArrayDeque<>();

    /** A condition that only rows of the datasets of those ids meet, on the column of their number. */
    static String among(String ids) {
        return "\"" + Catalogue.DATASET_NUMBER + "\" = ANY (\"main\".\"dataset_numbers_of_ids\"(" + ids + "))";
    }

    /** A condition that only rows of that dataset meet. */
    static String is(String id) {
        return "\"" + Catalogue.DATASET_NUMBER + "\" = \"main\".\"dataset_number_of_id\"(" + id + ")";
    }

    static boolean areIn(String table) {
        return TABLES.contains(table);
    }

    /** Goes into a query, whose tables its expressions may name. */
    void enter(SqlSelect select) {
        Map<String, Boolean> tables = new HashMap<>();
        if (select.getFrom() != null) {
            collect(select.getFrom(), tables);
        }
        scopes.push(tables);
    }

    void leave() {
        scopes.pop();
    }

    private static void collect(SqlNode from, Map<String, Boolean> tables) {
        if (from instanceof SqlJoin join) {
            collect(join.getLeft(), tables);
            collect(join.getRight(), tables);
        } else if (from.getKind() == SqlKind.AS) {
            SqlIdentifier alias = ((SqlCall) from).operand(1);
            tables.put(lower(alias.getSimple()), isOurs(((SqlCall) from).operand(0)));
        } else if (from instanceof SqlIdentifier table) {
            tables.put(lower(table.names.get(table.names.size() - 1)), isOurs(table));
        }
    }

    /** Whether it is the table itself: a common table of that name has no qualified name. */
    private static boolean isOurs(SqlNode node) {
        return node instanceof SqlIdentifier table
                && table.names.size() > 1
                && TABLES.contains(lower(table.names.get(table.names.size() - 1)));
    }

    /**
     * What to say beside a comparison; null if there is nothing to say.
     *
     * @param written writes a constant for PostgreSQL
     */
    @Nullable
    SqlNode beside(SqlCall comparison, UnaryOperator<SqlNode> written) {
        String follows = FOLLOWS.get(comparison.getKind());
        if (follows != null
                && comparison.operand(0) instanceof SqlIdentifier column
                && isChunkId(column)
                && isWhole(comparison.operand(1))) {
            return Written.of(
                    "(? " + follows + " " + OF_CHUNK + ")", number(column), written.apply(comparison.operand(1)));
        }
        if (comparison.getKind() == SqlKind.EQUALS) {
            SqlNode left = comparison.operand(0);
            SqlNode right = comparison.operand(1);
            return left instanceof SqlIdentifier
                    ? number(left, List.of(right), written)
                    : number(right, List.of(left), written);
        }
        return comparison.getKind() == SqlKind.IN && comparison.operand(1) instanceof SqlNodeList list
                ? number(comparison.operand(0), list, written)
                : null;
    }

    private @Nullable SqlNode number(SqlNode column, List<SqlNode> values, UnaryOperator<SqlNode> written) {
        if (!(column instanceof SqlIdentifier name)
                || name.names.size() != 2
                || !values.stream().allMatch(DatasetNumbers::isConstant)) {
            return null;
        }
        String function = FUNCTIONS.get(lower(name.names.get(1)));
        if (function == null || !isOfOurs(lower(name.names.get(0)))) {
            return null;
        }
        List<SqlNode> operands = new ArrayList<>();
        operands.add(number(name));
        List<String> numbers = new ArrayList<>();
        for (SqlNode value : values) {
            operands.add(written.apply(value));
            numbers.add(function);
        }
        return Written.of("(? IN (" + String.join(", ", numbers) + "))", operands.toArray(new SqlNode[0]));
    }

    /** The number beside another column. */
    private static SqlNode number(SqlIdentifier column) {
        return new SqlIdentifier(
                List.of(lower(column.names.get(0)), Catalogue.DATASET_NUMBER),
                null,
                SqlParserPos.ZERO.withQuoting(true),
                null);
    }

    private boolean isChunkId(SqlIdentifier name) {
        return name.names.size() == 2
                && CHUNK_IDS.contains(lower(name.names.get(1)))
                && isOfOurs(lower(name.names.get(0)));
    }

    /** Whether it is a constant that fits 64 bits, or fails to in the comparison itself. */
    private static boolean isWhole(SqlNode node) {
        if (node instanceof SqlLiteral literal) {
            return literal.getValue() instanceof BigDecimal number
                    && number.stripTrailingZeros().scale() <= 0
                    && number.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0;
        }
        if (node.getKind() == SqlKind.CAST) {
            SqlCall cast = (SqlCall) node;
            return cast.operand(1) instanceof SqlDataTypeSpec type
                    && type.getTypeName().getSimple().equalsIgnoreCase("BIGINT")
                    && isConstant(cast.operand(0));
        }
        return node instanceof SqlDynamicParam
                || (ARITHMETIC.contains(node.getKind())
                        && ((SqlCall) node).getOperandList().stream().allMatch(DatasetNumbers::isWhole));
    }

    private boolean isOfOurs(String alias) {
        for (Map<String, Boolean> tables : scopes) {
            Boolean ours = tables.get(alias);
            if (ours != null) {
                return ours;
            }
        }
        return false;
    }

    private static boolean isConstant(SqlNode node) {
        return node instanceof SqlLiteral
                || node instanceof SqlDynamicParam
                || (node.getKind() == SqlKind.CAST && isConstant(((SqlCall) node).operand(0)));
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
