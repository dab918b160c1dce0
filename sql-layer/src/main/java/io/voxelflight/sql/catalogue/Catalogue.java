package io.voxelflight.sql.catalogue;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;
import org.apache.calcite.config.CalciteConnectionConfig;
import org.apache.calcite.config.CalciteConnectionConfigImpl;
import org.apache.calcite.config.CalciteConnectionProperty;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.impl.AbstractSchema;
import org.apache.calcite.schema.impl.AbstractTable;
import org.jspecify.annotations.Nullable;

/** All tables that SQL users see, in one schema of one catalog. */
public final class Catalogue {
    /** A column of views that users do not see: the number by which chunks are partitioned. */
    public static final String DATASET_NUMBER = "dataset_no";

    /** The only catalog. */
    public static final String CATALOG = "voxelflight";

    /** The only schema. */
    public static final String SCHEMA = "main";

    /** Of the server. */
    public static final String VERSION =
            Objects.requireNonNullElse(Catalogue.class.getPackage().getImplementationVersion(), "0.1.0");

    /** Holds what DuckDB's functions such as {@code duckdb_tables()} give; users do not name it. */
    public static final String DUCKDB = "$duckdb";

    private static final String COLUMNS =
            "SELECT c.relname, coalesce(obj_description(c.oid, 'pg_class'), ''), a.attname,"
                    + " t.typname, a.atttypmod,"
                    + " coalesce(col_description(c.oid, a.attnum), '')"
                    + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                    + " JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid"
                    + " WHERE n.nspname = '" + SCHEMA + "' AND c.relkind IN ('v', 'r', 'p', 'm')"
                    + " AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> '" + DATASET_NUMBER
                    + "' ORDER BY c.relname, a.attnum";

    private final List<Table> tables;
    private final List<SystemTable> system;

    /**
     * @param scalars names of functions, for catalogues of functions
     * @param aggregates likewise
     */
    public Catalogue(List<Table> tables, Set<String> scalars, Set<String> aggregates) {
        this.tables = List.copyOf(tables);
        this.system = SystemTables.of(tables, scalars, aggregates);
    }

    /**
     * Reads what lies in schema main: that, and nothing else, is what users may name.
     *
     * @param scalars names of functions, for catalogues of functions
     * @param aggregates likewise
     * @throws ServiceException UNAVAILABLE if the database does not answer
     */
    public static Catalogue read(DataSource database, Set<String> scalars, Set<String> aggregates) {
        return new Catalogue(tables(database), scalars, aggregates);
    }

    /**
     * Reads the tables of schema main.
     *
     * @throws ServiceException UNAVAILABLE if the database does not answer
     */
    public static List<Table> tables(DataSource database) {
        Map<String, List<Column>> columns = new LinkedHashMap<>();
        Map<String, String> comments = new LinkedHashMap<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(COLUMNS)) {
            while (row.next()) {
                String table = row.getString(1);
                ColumnType type = ColumnType.ofCatalog(row.getString(4), row.getInt(5));
                if (type == null) {
                    throw new ServiceException(
                            ErrorCode.INTERNAL,
                            "column " + table + "." + row.getString(3) + " has type " + row.getString(4)
                                    + ", which the SQL layer does not know");
                }
                comments.putIfAbsent(table, row.getString(2));
                columns.computeIfAbsent(table, name -> new ArrayList<>())
                        .add(new Column(row.getString(3), type, row.getString(6)));
            }
        } catch (SQLException e) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE, "the tables cannot be read from the database: " + e.getMessage(), e);
        }
        List<Table> tables = new ArrayList<>();
        columns.forEach((name, list) -> tables.add(new Table(name, list, comments.getOrDefault(name, ""))));
        return tables;
    }

    /** By name. */
    public List<Table> tables() {
        return tables;
    }

    /** The table of that name. */
    public Table table(String name) {
        return tables.stream()
                .filter(table -> table.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the catalog has no table " + name));
    }

    /**
     * What Calcite looks names up in; names are not case-sensitive.
     *
     * @param tensors tables of one statement only: {@code chunks} with a column more, of that type
     */
    public CalciteCatalogReader reader(RelDataTypeFactory factory, Map<String, RelDataType> tensors) {
        CalciteSchema root = CalciteSchema.createRootSchema(false, false, "");
        CalciteSchema main = root.add(SCHEMA, new AbstractSchema());
        CalciteSchema qualified = root.add(CATALOG, new AbstractSchema()).add(SCHEMA, new AbstractSchema());
        for (Table table : tables) {
            AbstractTable rows = rows(table);
            main.add(table.name(), rows);
            qualified.add(table.name(), rows);
        }
        tensors.forEach((name, type) -> main.add(name, new AbstractTable() {
            @Override
            public RelDataType getRowType(RelDataTypeFactory types) {
                RelDataTypeFactory.Builder row = types.builder();
                table("chunks")
                        .columns()
                        .forEach(column -> row.add(column.name(), column.type().relType(types)));
                return row.add("tensor", type).build();
            }
        }));
        CalciteSchema catalog = Objects.requireNonNull(root.getSubSchema(CATALOG, true));
        for (CalciteSchema parent : List.of(root, catalog)) {
            CalciteSchema information = parent.add(SystemTables.INFORMATION, new AbstractSchema());
            CalciteSchema duckdb = parent.add(DUCKDB, new AbstractSchema());
            for (SystemTable table : system) {
                (table.schema().equals(DUCKDB) ? duckdb : information)
                        .add(table.table().name(), rows(table.table()));
            }
        }
        CalciteConnectionConfig config =
                CalciteConnectionConfigImpl.DEFAULT.set(CalciteConnectionProperty.CASE_SENSITIVE, "false");
        return new CalciteCatalogReader(root, List.of(SCHEMA), factory, config);
    }

    /** A table that describes the catalog, by its schema and name in any case; null if it is none. */
    public @Nullable SystemTable system(String schema, String name) {
        for (SystemTable table : system) {
            if (table.schema().equalsIgnoreCase(schema) && table.table().name().equalsIgnoreCase(name)) {
                return table;
            }
        }
        return null;
    }

    private static AbstractTable rows(Table table) {
        return new AbstractTable() {
            @Override
            public RelDataType getRowType(RelDataTypeFactory types) {
                RelDataTypeFactory.Builder row = types.builder();
                table.columns()
                        .forEach(column -> row.add(column.name(), column.type().relType(types)));
                return row.build();
            }
        };
    }
}
