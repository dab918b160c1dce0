<#-- Productions of our own: what DuckDB has and Calcite has not. -->

/** What stands between SELECT and FROM; the expressions of DISTINCT ON, or null. */
SqlNodeList SelectItems(List<SqlLiteral> keywords, List<SqlNode> items) :
{
    SqlNodeList on = null;
}
{
    (
        <DISTINCT> { keywords.add(SqlSelectKeyword.DISTINCT.symbol(getPos())); }
        [
            <ON> { keywords.clear(); }
            on = ParenthesizedQueryOrCommaList(ExprContext.ACCEPT_NON_QUERY)
        ]
    |
        <ALL>
    )?
    AddSelectItem(items)
    (
        LOOKAHEAD(<COMMA>, { !trailingComma() })
        <COMMA> AddSelectItem(items)
    )*
    [ LOOKAHEAD(<COMMA>, { trailingComma() }) <COMMA> ]
    { return on; }
}

/** {@code EXCLUDE}, {@code REPLACE} and {@code RENAME} after a star. */
SqlNode StarChanges(SqlNode star) :
{
    final List<SqlNode> excluded = new ArrayList<SqlNode>();
    final List<SqlNode> replaced = new ArrayList<SqlNode>();
    final List<SqlNode> renamed = new ArrayList<SqlNode>();
}
{
    (
        LOOKAHEAD({ starChangeAhead() })
        (
            <EXCLUDE>
            (
                <LPAREN> AddExcluded(excluded) ( <COMMA> AddExcluded(excluded) )* <RPAREN>
            |
                AddExcluded(excluded)
            )
        |
            <REPLACE>
            (
                LOOKAHEAD(<LPAREN> Expression(ExprContext.ACCEPT_SUB_QUERY) <AS>)
                <LPAREN> AddReplaced(replaced) ( <COMMA> AddReplaced(replaced) )* <RPAREN>
            |
                AddReplaced(replaced)
            )
        |
            <RENAME>
            (
                <LPAREN> AddReplaced(renamed) ( <COMMA> AddReplaced(renamed) )* <RPAREN>
            |
                AddReplaced(renamed)
            )
        )
    )+
    {
        return Sugar.STAR.createCall(Span.of(star).end(this), star,
            new SqlNodeList(excluded, getPos()), new SqlNodeList(replaced, getPos()), new SqlNodeList(renamed, getPos()));
    }
}

void AddExcluded(List<SqlNode> list) :
{
    final SqlIdentifier id;
}
{
    id = CompoundIdentifier() { list.add(id); }
}

void AddReplaced(List<SqlNode> list) :
{
    final SqlNode e;
    final SqlIdentifier id;
}
{
    e = Expression(ExprContext.ACCEPT_SUB_QUERY) <AS> id = SimpleIdentifier() {
        list.add(SqlStdOperatorTable.AS.createCall(Span.of(e).end(this), e, id));
    }
}

/** A value with what binds strongest after it: {@code .name}, {@code ::type}, {@code [index]}, {@code [from:to]}. */
SqlNode Primary(ExprContext exprContext) :
{
    SqlNode e;
    SqlNode ext;
    SqlNode from;
    SqlNode to;
    SqlDataTypeSpec type;
    boolean slice;
}
{
    e = Expression3(exprContext)
    (
        LOOKAHEAD(2) <DOT>
        ext = RowExpressionExtension() {
            e = SqlStdOperatorTable.DOT.createCall(Span.of(e).end(this), e, ext);
        }
    |
        <INFIX_CAST> { checkNonQueryExpression(exprContext); }
        type = DataType() {
            e = SqlStdOperatorTable.CAST.createCall(Span.of(e).end(this), e, type);
        }
    |
        LOOKAHEAD(1)
        <LBRACKET> {
            from = null;
            to = null;
            slice = false;
        }
        (
            from = Expression(ExprContext.ACCEPT_SUB_QUERY)
            [ <COLON> { slice = true; } [ to = Expression(ExprContext.ACCEPT_SUB_QUERY) ] ]
        |
            <COLON> { slice = true; } [ to = Expression(ExprContext.ACCEPT_SUB_QUERY) ]
        )
        <RBRACKET> {
            e = slice
                ? Sugar.SLICE.createCall(Span.of(e).end(this), e,
                    from == null ? SqlLiteral.createNull(getPos()) : from,
                    to == null ? SqlLiteral.createNull(getPos()) : to)
                : SqlStdOperatorTable.ITEM.createCall(Span.of(e).end(this), e, from);
        }
    )*
    { return e; }
}

/** {@code [1, 2, 3]} or {@code [x * 2 FOR x IN list IF x > 1]}. */
SqlNode BracketList() :
{
    final List<SqlNode> items = new ArrayList<SqlNode>();
    final Span s;
    final SqlIdentifier name;
    final SqlNode list;
    SqlNode condition = null;
}
{
    <LBRACKET> { s = span(); }
    [
        AddExpression(items, ExprContext.ACCEPT_SUB_QUERY)
        (
            <FOR> name = SimpleIdentifier() <IN> list = Expression(ExprContext.ACCEPT_SUB_QUERY)
            [ LOOKAHEAD({ getToken(1).image.equalsIgnoreCase("if") }) SimpleIdentifier()
                condition = Expression(ExprContext.ACCEPT_SUB_QUERY) ]
            <RBRACKET> {
                return Sugar.COMPREHENSION.createCall(s.end(this), items.get(0), name, list,
                    condition == null ? SqlLiteral.createBoolean(true, getPos()) : condition);
            }
        |
            (
                LOOKAHEAD(<COMMA>, { getToken(2).kind != RBRACKET })
                <COMMA> AddExpression(items, ExprContext.ACCEPT_SUB_QUERY)
            )*
            [ <COMMA> ]
        )
    ]
    <RBRACKET> {
        return SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(s.end(this), items);
    }
}

/** A list in brackets after IN, as the list in parentheses that it stands for. */
SqlNodeList InBrackets() :
{
    final SqlNode list;
}
{
    list = BracketList() { return Sugar.values(list); }
}

/** {@code unnest(list)} among the selected expressions. */
SqlNode UnnestCall() :
{
    final SqlNode e;
    final Span s;
}
{
    <UNNEST> { s = span(); } <LPAREN> e = Expression(ExprContext.ACCEPT_SUB_QUERY) <RPAREN> {
        return Sugar.UNNEST_ROWS.createCall(s.end(this), e);
    }
}

/** {@code x GLOB 'a*'}. */
void Glob(List<Object> list, ExprContext exprContext, Span s) :
{
}
{
    <GLOB> {
        checkNonQueryExpression(exprContext);
        list.add(new SqlParserUtil.ToTreeListItem(Sugar.GLOB, getPos()));
    }
    AddExpression2b(list, ExprContext.ACCEPT_SUB_QUERY)
}

JoinType SemiJoin() :
{
}
{
    <SEMI> <JOIN> { return JoinType.LEFT_SEMI_JOIN; }
}

JoinType AntiJoin() :
{
}
{
    <ANTI> <JOIN> { return JoinType.LEFT_ANTI_JOIN; }
}

/** A full join whose condition says that rows of the same position belong together. */
JoinType PositionalJoin() :
{
}
{
    <POSITIONAL> <JOIN> { positional = true; return JoinType.FULL; }
}

/** {@code 10 ROWS}, {@code 1%}, {@code 1 PERCENT}, {@code bernoulli(1%)}. */
SqlNode SampleSize() :
{
    final SqlNumericLiteral number;
    final SqlNode size;
    boolean percent = false;
}
{
    (
        number = UnsignedNumericLiteral()
        [ ( <PERCENT_REMAINDER> | <PERCENT> ) { percent = true; } | LOOKAHEAD(1) <ROWS> ]
        { return Sugar.size(number, percent, getPos()); }
    |
        ( <BERNOULLI> | <SYSTEM> )
        <LPAREN> number = UnsignedNumericLiteral() [ ( <PERCENT_REMAINDER> | <PERCENT> ) { percent = true; } ] <RPAREN> {
            return Sugar.percentOnly(number, percent, getPos());
        }
    |
        LOOKAHEAD({ getToken(1).image.equalsIgnoreCase("reservoir") })
        SimpleIdentifier() <LPAREN> size = SampleSize() <RPAREN> { return size; }
    )
}

SqlNode DescribeStatement() :
{
    final Span s;
    final SqlNode query;
}
{
    ( <DESCRIBE> | <DESC> ) { s = span(); }
    query = TableOrQuery() { return Sugar.DESCRIBE.createCall(s.end(this), query); }
}

SqlNode SummarizeStatement() :
{
    final Span s;
    final SqlNode query;
}
{
    <SUMMARIZE> { s = span(); }
    query = TableOrQuery() { return Sugar.SUMMARIZE.createCall(s.end(this), query); }
}

SqlNode TableOrQuery() :
{
    final SqlIdentifier table;
    final SqlNode query;
}
{
    LOOKAHEAD([<TABLE>] CompoundIdentifier() <EOF>)
    [ <TABLE> ] table = CompoundIdentifier() { return Sugar.allOf(table); }
|
    query = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY) { return query; }
}

SqlNode ShowStatement() :
{
    final Span s;
    SqlIdentifier what;
    boolean all = false;
}
{
    <SHOW> { s = span(); }
    [ <ALL> { all = true; } ]
    what = CompoundIdentifier() { return Sugar.show(s.end(this), what, all); }
}

SqlNode ExplainStatement() :
{
    final Span s;
    final SqlNode query;
    boolean analyze = false;
}
{
    <EXPLAIN> { s = span(); }
    [ <ANALYZE> { analyze = true; } ]
    query = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY) {
        return (analyze ? Sugar.EXPLAIN_ANALYZE : Sugar.EXPLAIN).createCall(s.end(this), query);
    }
}

SqlNode PragmaStatement() :
{
    final Span s;
    final SqlIdentifier name;
    SqlNode argument = null;
}
{
    <PRAGMA> { s = span(); } name = SimpleIdentifier()
    [ <LPAREN> ( argument = StringLiteral() | argument = CompoundIdentifier() ) <RPAREN> ]
    { return Sugar.pragma(s.end(this), name, argument); }
}

/** {@code PIVOT t ON column [IN (values)] USING aggregates [GROUP BY columns]}. */
SqlNode PivotStatement() :
{
    final Span s;
    final SqlNode table;
    final SqlNode axis;
    SqlNodeList values = null;
    final List<SqlNode> aggregates = new ArrayList<SqlNode>();
    final List<SqlNode> groups = new ArrayList<SqlNode>();
    SqlNodeList order = SqlNodeList.EMPTY;
    SqlNode fetch = null;
    SqlNode e;
}
{
    <PIVOT> { s = span(); }
    table = TableRef1(ExprContext.ACCEPT_QUERY_OR_JOIN)
    <ON> axis = Primary(ExprContext.ACCEPT_SUB_QUERY)
    [ <IN> values = ParenthesizedQueryOrCommaList(ExprContext.ACCEPT_NONCURSOR) ]
    [ <USING> AddSelectItem(aggregates) ( <COMMA> AddSelectItem(aggregates) )* ]
    [ <GROUP> <BY> AddExpression(groups, ExprContext.ACCEPT_SUB_QUERY)
        ( <COMMA> AddExpression(groups, ExprContext.ACCEPT_SUB_QUERY) )* ]
    [ order = OrderBy(true) ]
    [ <LIMIT> fetch = UnsignedNumericLiteralOrParam() ]
    {
        e = Sugar.PIVOT.createCall(s.end(this), table, axis,
            values == null ? SqlNodeList.EMPTY : values,
            new SqlNodeList(aggregates, getPos()), new SqlNodeList(groups, getPos()));
        return order.isEmpty() && fetch == null ? e : new SqlOrderBy(getPos(), e, order, null, fetch);
    }
}
