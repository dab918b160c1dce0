package io.voxelflight.sql.flightsql;

import io.voxelflight.sql.SqlLimits;
import io.voxelflight.sql.catalogue.Catalogue;
import io.voxelflight.sql.guard.Operators;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.SqlInfoBuilder;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlNullOrdering;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlOuterJoinsSupportLevel;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedCaseSensitivity;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedGroupBy;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedResultSetType;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedSubqueries;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedTransaction;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedUnions;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlTransactionIsolationLevel;
import org.apache.arrow.flight.sql.impl.FlightSql.SupportedAnsi92SqlGrammarLevel;
import org.apache.arrow.flight.sql.impl.FlightSql.SupportedSqlGrammar;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.calcite.sql.SqlFunctionCategory;

/** The answer to GetSqlInfo: every code that Flight SQL has. Tools take an absent one for a failure. */
final class SqlInfo {
    private static final int LONGEST_NAME = 63;
    private static final int NO_LIMIT = 0;

    /** Codes for which the builder has no method, and codes whose values they have as well. */
    private static final Map<Integer, Integer> SAME_AS = Map.of(
            FlightSql.SqlInfo.SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_UNSPECIFIED_VALUE,
            FlightSql.SqlInfo.SQL_SUPPORTED_POSITIONED_COMMANDS_VALUE, // none
            FlightSql.SqlInfo.SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_FORWARD_ONLY_VALUE,
            FlightSql.SqlInfo.SQL_SUPPORTED_RESULT_SET_TYPES_VALUE, // the second bit: forward only, and read only
            FlightSql.SqlInfo.SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_SCROLL_SENSITIVE_VALUE,
            FlightSql.SqlInfo.SQL_SUPPORTED_POSITIONED_COMMANDS_VALUE,
            FlightSql.SqlInfo.SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_SCROLL_INSENSITIVE_VALUE,
            FlightSql.SqlInfo.SQL_SUPPORTED_POSITIONED_COMMANDS_VALUE);

    private final SqlInfoBuilder builder = new SqlInfoBuilder();

    SqlInfo(SqlLimits limits) {
        server(builder, limits);
        language(builder);
        sizes(builder, limits);
    }

    /**
     * Sends codes and values, in memory of an allocator that outlives the call: the builder's own does not.
     *
     * @param codes all, if empty; codes that Flight SQL does not have are left out
     */
    void send(List<Integer> codes, ServerStreamListener listener, BufferAllocator allocator) {
        List<Integer> asked =
                codes.isEmpty() ? all() : codes.stream().filter(all()::contains).toList();
        List<Integer> sources =
                asked.stream().map(code -> SAME_AS.getOrDefault(code, code)).toList();
        if (sources.isEmpty()) {
            new MetadataRows(Schemas.GET_SQL_INFO_SCHEMA).send(listener, allocator);
            return;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        builder.send(sources, new RootTaker(root -> write(root, bytes)));
        try (ArrowStreamReader copy = new ArrowStreamReader(new ByteArrayInputStream(bytes.toByteArray()), allocator)) {
            copy.loadNextBatch();
            VectorSchemaRoot root = copy.getVectorSchemaRoot();
            UInt4Vector names = (UInt4Vector) root.getVector("info_name");
            for (int i = 0; i < asked.size(); i++) {
                names.set(i, asked.get(i));
            }
            listener.start(root);
            listener.putNext();
            listener.completed();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Through bytes: a dense union cannot be copied value by value (Arrow 18.3.0 throws for booleans). */
    private static void write(VectorSchemaRoot root, ByteArrayOutputStream bytes) {
        try (ArrowStreamWriter writer = new ArrowStreamWriter(root, null, Channels.newChannel(bytes))) {
            writer.start();
            writer.writeBatch();
            writer.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Integer> all() {
        return Arrays.stream(FlightSql.SqlInfo.values())
                .filter(code -> code != FlightSql.SqlInfo.UNRECOGNIZED)
                .map(FlightSql.SqlInfo::getNumber)
                .toList();
    }

    private static void server(SqlInfoBuilder info, SqlLimits limits) {
        info.withFlightSqlServerName("Voxelflight")
                .withFlightSqlServerVersion(Catalogue.VERSION)
                .withFlightSqlServerArrowVersion("18.3.0")
                .withFlightSqlServerReadOnly(true)
                .withFlightSqlServerSql(true)
                .withFlightSqlServerSubstrait(false)
                .withFlightSqlServerSubstraitMinVersion("")
                .withFlightSqlServerSubstraitMaxVersion("")
                .withFlightSqlServerTransaction(SqlSupportedTransaction.SQL_SUPPORTED_TRANSACTION_NONE)
                .withFlightSqlServerCancel(true)
                .withFlightSqlServerBulkIngestion(false)
                .withFlightSqlServerBulkIngestionTransaction(false)
                .withFlightSqlServerStatementTimeout(
                        (int) limits.statementTimeout().toMillis())
                .withFlightSqlServerTransactionTimeout(0)
                .withSqlDdlCatalog(false)
                .withSqlDdlSchema(false)
                .withSqlDdlTable(false);
    }

    private static void language(SqlInfoBuilder info) {
        info.withSqlIdentifierCase(SqlSupportedCaseSensitivity.SQL_CASE_SENSITIVITY_CASE_INSENSITIVE)
                .withSqlIdentifierQuoteChar("\"")
                .withSqlQuotedIdentifierCase(SqlSupportedCaseSensitivity.SQL_CASE_SENSITIVITY_CASE_INSENSITIVE)
                .withSqlAllTablesAreSelectable(true)
                .withSqlNullOrdering(SqlNullOrdering.SQL_NULLS_SORTED_AT_END)
                .withSqlKeywords(new String[] {"EXCLUDE", "ILIKE", "LATERAL", "LIMIT", "OFFSET", "QUALIFY", "SAMPLE"})
                .withSqlNumericFunctions(functions(SqlFunctionCategory.NUMERIC))
                .withSqlStringFunctions(functions(SqlFunctionCategory.STRING))
                .withSqlSystemFunctions(functions(SqlFunctionCategory.SYSTEM))
                .withSqlDatetimeFunctions(functions(SqlFunctionCategory.TIMEDATE))
                .withSqlSearchStringEscape("\\")
                .withSqlExtraNameCharacters("")
                .withSqlSupportsColumnAliasing(true)
                .withSqlNullPlusNullIsNull(true)
                .withSqlSupportsConvert(Map.of())
                .withSqlSupportsTableCorrelationNames(true)
                .withSqlSupportsDifferentTableCorrelationNames(false)
                .withSqlSupportsExpressionsInOrderBy(true)
                .withSqlSupportsOrderByUnrelated(true)
                .withSqlSupportedGroupBy(
                        SqlSupportedGroupBy.SQL_GROUP_BY_UNRELATED, SqlSupportedGroupBy.SQL_GROUP_BY_BEYOND_SELECT)
                .withSqlSupportsLikeEscapeClause(true)
                .withSqlSupportsNonNullableColumns(false)
                .withSqlSupportedGrammar(SupportedSqlGrammar.SQL_MINIMUM_GRAMMAR, SupportedSqlGrammar.SQL_CORE_GRAMMAR)
                .withSqlAnsi92SupportedLevel(SupportedAnsi92SqlGrammarLevel.ANSI92_ENTRY_SQL)
                .withSqlSupportsIntegrityEnhancementFacility(false)
                .withSqlOuterJoinSupportLevel(SqlOuterJoinsSupportLevel.SQL_FULL_OUTER_JOINS)
                .withSqlSchemaTerm("schema")
                .withSqlCatalogTerm("catalog")
                .withSqlProcedureTerm("procedure")
                .withSqlCatalogAtStart(true)
                .withSqlSchemasSupportedActions()
                .withSqlCatalogsSupportedActions()
                .withSqlSupportedPositionedCommands()
                .withSqlSelectForUpdateSupported(false)
                .withSqlStoredProceduresSupported(false)
                .withSqlSubQueriesSupported(
                        SqlSupportedSubqueries.SQL_SUBQUERIES_IN_COMPARISONS,
                        SqlSupportedSubqueries.SQL_SUBQUERIES_IN_EXISTS,
                        SqlSupportedSubqueries.SQL_SUBQUERIES_IN_INS,
                        SqlSupportedSubqueries.SQL_SUBQUERIES_IN_QUANTIFIEDS)
                .withSqlCorrelatedSubqueriesSupported(true)
                .withSqlSupportedUnions(SqlSupportedUnions.SQL_UNION, SqlSupportedUnions.SQL_UNION_ALL)
                .withSqlTransactionsSupported(false)
                .withSqlSupportedTransactionsIsolationLevels(SqlTransactionIsolationLevel.SQL_TRANSACTION_NONE)
                .withSqlDefaultTransactionIsolation(SqlTransactionIsolationLevel.SQL_TRANSACTION_NONE_VALUE)
                .withSqlDataDefinitionCausesTransactionCommit(false)
                .withSqlDataDefinitionsInTransactionsIgnored(true)
                .withSqlSupportedResultSetTypes(SqlSupportedResultSetType.SQL_RESULT_SET_TYPE_FORWARD_ONLY)
                .withSqlBatchUpdatesSupported(false)
                .withSqlSavepointsSupported(false)
                .withSqlNamedParametersSupported(false)
                .withSqlLocatorsUpdateCopy(false)
                .withSqlStoredFunctionsUsingCallSyntaxSupported(false);
    }

    private static void sizes(SqlInfoBuilder info, SqlLimits limits) {
        info.withSqlMaxBinaryLiteralLength(limits.maxStatementBytes())
                .withSqlMaxCharLiteralLength(limits.maxStatementBytes())
                .withSqlMaxColumnNameLength(LONGEST_NAME)
                .withSqlMaxColumnsInGroupBy(NO_LIMIT)
                .withSqlMaxColumnsInIndex(NO_LIMIT)
                .withSqlMaxColumnsInOrderBy(NO_LIMIT)
                .withSqlMaxColumnsInSelect(1600)
                .withSqlMaxColumnsInTable(1600)
                .withSqlMaxConnections(NO_LIMIT)
                .withSqlMaxCursorNameLength(NO_LIMIT)
                .withSqlMaxIndexLength(NO_LIMIT)
                .withSqlDbSchemaNameLength(LONGEST_NAME)
                .withSqlMaxProcedureNameLength(NO_LIMIT)
                .withSqlMaxCatalogNameLength(LONGEST_NAME)
                .withSqlMaxRowSize(NO_LIMIT)
                .withSqlMaxRowSizeIncludesBlobs(true)
                .withSqlMaxStatementLength(limits.maxStatementBytes())
                .withSqlMaxStatements(NO_LIMIT)
                .withSqlMaxTableNameLength(LONGEST_NAME)
                .withSqlMaxTablesInSelect(NO_LIMIT)
                .withSqlMaxUsernameLength(NO_LIMIT);
    }

    private static String[] functions(SqlFunctionCategory category) {
        Set<String> names = Operators.functionNames(category);
        return names.toArray(new String[0]);
    }
}
