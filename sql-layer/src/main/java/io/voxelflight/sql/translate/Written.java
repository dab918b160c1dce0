package io.voxelflight.sql.translate;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * An expression in PostgreSQL's own words: a pattern such as {@code "CAST(round(?) AS bigint)"} in which each {@code ?} is
 * the next operand. Patterns are constants of this package, never input.
 */
final class Written extends SqlSpecialOperator {
    private final String[] parts;

    private Written(String pattern) {
        super(pattern, SqlKind.OTHER_FUNCTION);
        this.parts = pattern.split("\\?", -1);
    }

    static SqlNode of(String pattern, SqlNode... operands) {
        SqlOperator operator = new Written(pattern);
        return operator.createCall(SqlParserPos.ZERO, operands);
    }

    @Override
    public void unparse(SqlWriter writer, SqlCall call, int left, int right) {
        if (call.operandCount() != parts.length - 1) {
            throw new IllegalStateException("pattern " + getName() + " with " + call.operandCount() + " operands");
        }
        for (int i = 0; i < parts.length; i++) {
            if (!parts[i].isEmpty()) {
                writer.print(parts[i]);
                writer.setNeedWhitespace(false);
            }
            if (i < call.operandCount()) {
                call.operand(i).unparse(writer, 0, 0);
                writer.setNeedWhitespace(false);
            }
        }
        writer.setNeedWhitespace(true);
    }

    static boolean isText(SqlNode node) {
        return node instanceof SqlLiteral literal
                && SqlLiteral.valueMatchesType(literal.getValue(), org.apache.calcite.sql.type.SqlTypeName.CHAR);
    }
}
