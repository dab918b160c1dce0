package io.voxelflight.sql.catalogue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tables by which BI tools browse: information_schema, and what DuckDB's functions such as {@code duckdb_tables()}
 * give. Columns of type MAP are left out. None depends on rows of datasets.
 */
final class SystemTables {
    /** A schema of the standard. */
    static final String INFORMATION = "information_schema";

    private static final List<String> NO_CONSTRAINT = List.of(
            "constraint_catalog",
            "constraint_schema",
            "constraint_name",
            "table_catalog",
            "table_schema",
            "table_name");

    private final List<SystemTable> all = new ArrayList<>();

    private SystemTables() {}

    /**
     * All of them.
     *
     * @param scalars names of functions of single values
     * @param aggregates names of aggregates
     */
    static List<SystemTable> of(List<Table> tables, Set<String> scalars, Set<String> aggregates) {
        SystemTables system = new SystemTables();
        system.information(tables);
        system.duckdb(tables, scalars, aggregates);
        return List.copyOf(system.all);
    }

    private void information(List<Table> tables) {
        add(
                INFORMATION,
                "schemata",
                "catalog_name schema_name schema_owner default_character_set_catalog default_character_set_schema"
                        + " default_character_set_name sql_path",
                List.of(
                        row(Catalogue.CATALOG, Catalogue.SCHEMA, "voxelflight", null, null, null, null),
                        row(Catalogue.CATALOG, INFORMATION, "voxelflight", null, null, null, null)));
        List<List<@Nullable String>> names = new ArrayList<>();
        List<List<@Nullable String>> columns = new ArrayList<>();
        for (Table table : tables) {
            names.add(row(
                    Catalogue.CATALOG,
                    Catalogue.SCHEMA,
                    table.name(),
                    "BASE TABLE",
                    null,
                    null,
                    null,
                    null,
                    null,
                    "NO",
                    "NO",
                    null,
                    table.comment()));
            for (Column column : table.columns()) {
                columns.add(row(
                        Catalogue.CATALOG,
                        Catalogue.SCHEMA,
                        table.name(),
                        column.name(),
                        Integer.toString(table.columns().indexOf(column) + 1),
                        null,
                        "YES",
                        column.type().sqlName(),
                        null,
                        null,
                        precision(column.type()),
                        column.type().kind() == Kind.NUMERIC
                                ? Integer.toString(column.type().scale())
                                : null,
                        column.comment()));
            }
        }
        add(
                INFORMATION,
                "tables",
                "table_catalog table_schema table_name table_type self_referencing_column_name reference_generation"
                        + " user_defined_type_catalog user_defined_type_schema user_defined_type_name is_insertable_into"
                        + " is_typed commit_action TABLE_COMMENT",
                names);
        add(
                INFORMATION,
                "columns",
                "table_catalog table_schema table_name column_name ordinal_position:int column_default is_nullable data_type"
                        + " character_maximum_length:int character_octet_length:int numeric_precision:int numeric_scale:int"
                        + " COLUMN_COMMENT",
                columns);
        add(INFORMATION, "table_constraints", String.join(" ", NO_CONSTRAINT) + " constraint_type", List.of());
        add(
                INFORMATION,
                "key_column_usage",
                String.join(" ", NO_CONSTRAINT) + " column_name ordinal_position:int position_in_unique_constraint:int",
                List.of());
        add(
                INFORMATION,
                "referential_constraints",
                "constraint_catalog constraint_schema constraint_name unique_constraint_catalog unique_constraint_schema"
                        + " unique_constraint_name match_option update_rule delete_rule",
                List.of());
        add(
                INFORMATION,
                "views",
                "table_catalog table_schema table_name view_definition check_option is_updatable",
                List.of());
    }

    private void duckdb(List<Table> tables, Set<String> scalars, Set<String> aggregates) {
        add(
                Catalogue.DUCKDB,
                "duckdb_databases",
                "database_name database_oid:long path comment internal:bool type readonly:bool",
                List.of(row(Catalogue.CATALOG, "1", null, null, "false", "voxelflight", "true")));
        add(
                Catalogue.DUCKDB,
                "duckdb_schemas",
                "oid:long database_name database_oid:long schema_name comment internal:bool sql",
                List.of(row("1", Catalogue.CATALOG, "1", Catalogue.SCHEMA, null, "false", null)));
        List<List<@Nullable String>> names = new ArrayList<>();
        List<List<@Nullable String>> columns = new ArrayList<>();
        for (int t = 0; t < tables.size(); t++) {
            Table table = tables.get(t);
            String oid = Integer.toString(t + 1);
            names.add(row(
                    Catalogue.CATALOG,
                    "1",
                    Catalogue.SCHEMA,
                    "1",
                    table.name(),
                    oid,
                    table.comment(),
                    "false",
                    "false",
                    "false",
                    null,
                    Integer.toString(table.columns().size()),
                    "0",
                    "0",
                    null));
            for (int i = 0; i < table.columns().size(); i++) {
                Column column = table.columns().get(i);
                columns.add(row(
                        Catalogue.CATALOG,
                        "1",
                        Catalogue.SCHEMA,
                        "1",
                        table.name(),
                        oid,
                        column.name(),
                        Integer.toString(i + 1),
                        column.comment(),
                        "false",
                        null,
                        "true",
                        column.type().sqlName(),
                        null,
                        null,
                        precision(column.type()),
                        null,
                        column.type().kind() == Kind.NUMERIC
                                ? Integer.toString(column.type().scale())
                                : null));
            }
        }
        add(
                Catalogue.DUCKDB,
                "duckdb_tables",
                "database_name database_oid:long schema_name schema_oid:long table_name table_oid:long comment internal:bool"
                        + " temporary:bool has_primary_key:bool estimated_size:long column_count:long index_count:long"
                        + " check_constraint_count:long sql",
                names);
        add(
                Catalogue.DUCKDB,
                "duckdb_columns",
                "database_name database_oid:long schema_name schema_oid:long table_name table_oid:long column_name"
                        + " column_index:int comment internal:bool column_default is_nullable:bool data_type data_type_id:long"
                        + " character_maximum_length:int numeric_precision:int numeric_precision_radix:int numeric_scale:int",
                columns);
        add(
                Catalogue.DUCKDB,
                "duckdb_views",
                "database_name database_oid:long schema_name schema_oid:long view_name view_oid:long comment internal:bool"
                        + " temporary:bool column_count:long sql",
                List.of());
        add(
                Catalogue.DUCKDB,
                "duckdb_indexes",
                "database_name database_oid:long schema_name schema_oid:long index_name index_oid:long table_name"
                        + " table_oid:long comment is_unique:bool is_primary:bool expressions sql",
                List.of());
        add(
                Catalogue.DUCKDB,
                "duckdb_constraints",
                "database_name database_oid:long schema_name schema_oid:long table_name table_oid:long constraint_index:long"
                        + " constraint_type constraint_text expression constraint_name referenced_table",
                List.of());
        add(Catalogue.DUCKDB, "duckdb_settings", "name value description input_type scope", List.of());
        add(
                Catalogue.DUCKDB,
                "duckdb_types",
                "database_name database_oid:long schema_name schema_oid:long type_oid:long type_name logical_type"
                        + " type_category comment internal:bool",
                Arrays.stream(Kind.values())
                        .map(kind -> row(
                                Catalogue.CATALOG,
                                "1",
                                Catalogue.SCHEMA,
                                "1",
                                Integer.toString(kind.ordinal() + 1),
                                kind.sqlName().toLowerCase(Locale.ROOT),
                                kind.sqlName(),
                                null,
                                null,
                                "true"))
                        .toList());
        List<List<@Nullable String>> functions = new ArrayList<>();
        scalars.forEach(name -> functions.add(function(name, "scalar")));
        aggregates.forEach(name -> functions.add(function(name, "aggregate")));
        add(
                Catalogue.DUCKDB,
                "duckdb_functions",
                "database_name database_oid schema_name function_name alias_of function_type description comment return_type",
                functions);
    }

    private static List<@Nullable String> function(String name, String type) {
        return row(
                Catalogue.CATALOG, "1", Catalogue.SCHEMA, name.toLowerCase(Locale.ROOT), null, type, null, null, null);
    }

    private static @Nullable String precision(ColumnType type) {
        return switch (type.kind()) {
            case INT2 -> "16";
            case INT4 -> "32";
            case INT8 -> "64";
            case FLOAT4 -> "24";
            case FLOAT8 -> "53";
            case NUMERIC -> Integer.toString(type.precision());
            default -> null;
        };
    }

    /** @param columns names, each with {@code :int}, {@code :long} or {@code :bool} if it is no text */
    private void add(String schema, String name, String columns, List<List<@Nullable String>> rows) {
        List<Column> made = new ArrayList<>();
        for (String column : columns.split(" ", -1)) {
            String[] parts = column.split(":", -1);
            Kind kind = parts.length == 1
                    ? Kind.TEXT
                    : switch (parts[1]) {
                        case "int" -> Kind.INT4;
                        case "long" -> Kind.INT8;
                        default -> Kind.BOOLEAN;
                    };
            made.add(new Column(parts[0], ColumnType.of(kind), ""));
        }
        all.add(new SystemTable(schema, new Table(name, made, ""), rows));
    }

    private static List<@Nullable String> row(@Nullable String... values) {
        return Arrays.asList(values);
    }
}
