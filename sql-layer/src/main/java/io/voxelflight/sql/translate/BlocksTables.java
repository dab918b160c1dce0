package io.voxelflight.sql.translate;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.Catalogue;
import io.voxelflight.sql.catalogue.Table;
import io.voxelflight.sql.parse.Shortened;
import io.voxelflight.sql.tensor.BlockTensors;
import io.voxelflight.sql.tensor.TensorColumn;
import io.voxelflight.sql.tensor.TensorRelType;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.util.NlsString;
import org.jspecify.annotations.Nullable;

/**
 * The calls {@code blocks('dataset', level := 0)} of a statement: each becomes a table of its own that exists for this
 * statement only, the chunks of that level with their voxels.
 */
final class BlocksTables extends SqlBasicVisitor<@Nullable Void> {
    /** Name of the table function, and of the table where the user gives it no other. */
    static final String FUNCTION = "blocks";

    static final String TENSOR = "tensor";

    private final BlockTensors tensors;
    private final Visibility visibility;
    private final Map<String, TensorColumn> tables = new LinkedHashMap<>();

    private BlocksTables(BlockTensors tensors, Visibility visibility) {
        this.tensors = tensors;
        this.visibility = visibility;
    }

    /**
     * Finds the calls.
     *
     * @param tree is changed: names of tables come where the calls were
     */
    static BlocksTables of(SqlNode tree, BlockTensors tensors, Visibility visibility) {
        BlocksTables tables = new BlocksTables(tensors, visibility);
        tree.accept(tables);
        return tables;
    }

    /** For the validator, by table, the type of its tensor column. */
    Map<String, RelDataType> types() {
        Map<String, RelDataType> types = new LinkedHashMap<>();
        tables.forEach((name, column) -> types.put(name, new TensorRelType(column, true)));
        return types;
    }

    /** The tables by name, which no user can write. */
    Map<String, TensorColumn> tables() {
        return tables;
    }

    /** The text of a table's rows, to stand in a FROM clause. */
    static String rows(Table chunks, TensorColumn column, Visibility visibility) {
        return new BlockRows(chunks, column, visibility).select();
    }

    @Override
    public @Nullable Void visit(SqlCall call) {
        if (call instanceof SqlSelect select && select.getFrom() != null) {
            select.setFrom(from(select.getFrom(), false));
        }
        return super.visit(call);
    }

    private SqlNode from(SqlNode node, boolean named) {
        if (node instanceof SqlJoin join) {
            join.setLeft(from(join.getLeft(), false));
            join.setRight(from(join.getRight(), false));
            return join;
        }
        if (node.getKind() == SqlKind.AS) {
            SqlCall as = (SqlCall) node;
            as.setOperand(0, from(as.operand(0), true));
            return as;
        }
        SqlCall function = function(node);
        if (function == null) {
            return node;
        }
        SqlIdentifier table = table(function);
        return named
                ? table
                : SqlStdOperatorTable.AS.createCall(
                        node.getParserPosition(), table, new SqlIdentifier(FUNCTION, node.getParserPosition()));
    }

    private static @Nullable SqlCall function(SqlNode node) {
        SqlNode inner = node;
        while (inner.getKind() == SqlKind.COLLECTION_TABLE || inner.getKind() == SqlKind.LATERAL) {
            inner = ((SqlCall) inner).operand(0);
        }
        return inner instanceof SqlBasicCall call
                        && call.getOperator().getName().equalsIgnoreCase(FUNCTION)
                ? call
                : null;
    }

    private SqlIdentifier table(SqlCall function) {
        String dataset = null;
        int level = 0;
        int position = 0;
        for (SqlNode argument : function.getOperandList()) {
            String name = "";
            SqlNode value = argument;
            if (argument.getKind() == SqlKind.ARGUMENT_ASSIGNMENT) {
                name = ((SqlCall) argument)
                        .operand(1)
                        .toString()
                        .replace("`", "")
                        .toLowerCase(Locale.ROOT);
                value = ((SqlCall) argument).operand(0);
            }
            boolean isDataset = name.equals("dataset") || (name.isEmpty() && position == 0);
            boolean isLevel = name.equals("level") || (name.isEmpty() && position == 1);
            if (isDataset && value instanceof SqlLiteral text && text.getValue() instanceof NlsString) {
                dataset = text.getValueAs(String.class);
            } else if (isLevel && value instanceof SqlLiteral number && number.getValue() instanceof BigDecimal given) {
                level = level(given);
            } else {
                throw usage("not with " + Shortened.of(argument.toString().replace("`", "")));
            }
            position++;
        }
        if (dataset == null) {
            throw usage("the dataset is missing");
        }
        return table(tensors.column(dataset, level, visibility::shows), function.getParserPosition());
    }

    private static int level(BigDecimal given) {
        try {
            return given.intValueExact();
        } catch (ArithmeticException e) {
            throw usage("there is no level " + given);
        }
    }

    private SqlIdentifier table(TensorColumn column, SqlParserPos position) {
        String name = FUNCTION + "(" + column.datasetId() + "," + column.level() + ")";
        tables.put(name, column);
        return new SqlIdentifier(List.of(Catalogue.SCHEMA, name), position);
    }

    private static ServiceException usage(String what) {
        return new ServiceException(
                ErrorCode.INVALID_ARGUMENT,
                "write blocks('dataset') or blocks('dataset', level := 1), with a name in quotes and a number: "
                        + what);
    }
}
