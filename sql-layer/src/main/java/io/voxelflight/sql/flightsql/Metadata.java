package io.voxelflight.sql.flightsql;

import io.voxelflight.sql.catalogue.Catalogue;
import io.voxelflight.sql.catalogue.Column;
import io.voxelflight.sql.catalogue.Kind;
import io.voxelflight.sql.catalogue.Table;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.sql.DatabaseMetaData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.arrow.flight.sql.FlightSqlColumnMetadata;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetXdbcTypeInfo;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** What clients browse: one catalog, one schema, the tables with their columns, and the types. */
final class Metadata {
    static final String TABLE_TYPE = "TABLE";

    private static final String REMARKS = "ARROW:FLIGHT:SQL:REMARKS";

    private final Supplier<Catalogue> catalogue;

    Metadata(Supplier<Catalogue> catalogue) {
        this.catalogue = catalogue;
    }

    MetadataRows catalogs() {
        MetadataRows rows = new MetadataRows(Schemas.GET_CATALOGS_SCHEMA);
        rows.add(Map.of("catalog_name", Catalogue.CATALOG));
        return rows;
    }

    MetadataRows schemas(CommandGetDbSchemas command) {
        MetadataRows rows = new MetadataRows(Schemas.GET_SCHEMAS_SCHEMA);
        if (isOurs(command.hasCatalog(), command.getCatalog())
                && matches(command.hasDbSchemaFilterPattern(), command.getDbSchemaFilterPattern(), Catalogue.SCHEMA)) {
            rows.add(Map.of("catalog_name", Catalogue.CATALOG, "db_schema_name", Catalogue.SCHEMA));
        }
        return rows;
    }

    MetadataRows tableTypes() {
        MetadataRows rows = new MetadataRows(Schemas.GET_TABLE_TYPES_SCHEMA);
        rows.add(Map.of("table_type", TABLE_TYPE));
        return rows;
    }

    static Schema tablesSchema(CommandGetTables command) {
        return command.getIncludeSchema() ? Schemas.GET_TABLES_SCHEMA : Schemas.GET_TABLES_SCHEMA_NO_SCHEMA;
    }

    MetadataRows tables(CommandGetTables command) {
        MetadataRows rows = new MetadataRows(tablesSchema(command));
        boolean wanted = isOurs(command.hasCatalog(), command.getCatalog())
                && matches(command.hasDbSchemaFilterPattern(), command.getDbSchemaFilterPattern(), Catalogue.SCHEMA)
                && (command.getTableTypesCount() == 0
                        || command.getTableTypesList().contains(TABLE_TYPE));
        for (Table table : catalogue.get().tables()) {
            if (wanted
                    && matches(
                            command.hasTableNameFilterPattern(), command.getTableNameFilterPattern(), table.name())) {
                Map<String, Object> row = new HashMap<>();
                row.put("catalog_name", Catalogue.CATALOG);
                row.put("db_schema_name", Catalogue.SCHEMA);
                row.put("table_name", table.name());
                row.put("table_type", TABLE_TYPE);
                if (command.getIncludeSchema()) {
                    row.put("table_schema", serialized(schema(table)));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    /** The table's schema, with what JDBC shows of columns in the fields' metadata. */
    static Schema schema(Table table) {
        List<Field> fields = new ArrayList<>();
        for (Column column : table.columns()) {
            FlightSqlColumnMetadata.Builder about = new FlightSqlColumnMetadata.Builder()
                    .catalogName(Catalogue.CATALOG)
                    .schemaName(Catalogue.SCHEMA)
                    .tableName(table.name())
                    .typeName(column.type().sqlName())
                    .isAutoIncrement(false)
                    .isCaseSensitive(column.type().kind() == Kind.TEXT)
                    .isReadOnly(true)
                    .isSearchable(true);
            Map<String, String> metadata = new HashMap<>(about.build().getMetadataMap());
            if (!column.comment().isEmpty()) {
                metadata.put(REMARKS, column.comment());
            }
            fields.add(column.type().field(column.name(), metadata));
        }
        return new Schema(fields);
    }

    MetadataRows types(CommandGetXdbcTypeInfo command) {
        MetadataRows rows = new MetadataRows(Schemas.GET_TYPE_INFO_SCHEMA);
        List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
        kinds.sort(java.util.Comparator.comparingInt(Kind::jdbc));
        for (Kind kind : kinds) {
            if (!command.hasDataType() || command.getDataType() == kind.jdbc()) {
                rows.add(type(kind));
            }
        }
        return rows;
    }

    private static Map<String, Object> type(Kind kind) {
        Map<String, Object> row = new HashMap<>();
        boolean exact = kind == Kind.INT2 || kind == Kind.INT4 || kind == Kind.INT8;
        boolean number = exact || kind == Kind.FLOAT4 || kind == Kind.FLOAT8 || kind == Kind.NUMERIC;
        row.put("type_name", kind.sqlName());
        row.put("data_type", kind.jdbc());
        row.put("sql_data_type", kind.jdbc());
        row.put("column_size", size(kind));
        row.put("nullable", DatabaseMetaData.typeNullable);
        row.put("case_sensitive", kind == Kind.TEXT);
        row.put("searchable", DatabaseMetaData.typeSearchable);
        row.put("fixed_prec_scale", false);
        row.put("local_type_name", kind.sqlName());
        row.put("auto_increment", false);
        if (number) {
            row.put("unsigned_attribute", false);
            row.put("num_prec_radix", kind == Kind.FLOAT4 || kind == Kind.FLOAT8 ? 2 : 10);
            row.put("minimum_scale", 0);
            row.put("maximum_scale", kind == Kind.NUMERIC ? 38 : 0);
        } else if (kind != Kind.BOOLEAN) {
            row.put("literal_prefix", "'");
            row.put("literal_suffix", "'");
        }
        return row;
    }

    private static int size(Kind kind) {
        return switch (kind) {
            case BOOLEAN -> 1;
            case INT2 -> 5;
            case INT4 -> 10;
            case INT8 -> 19;
            case FLOAT4 -> 24;
            case FLOAT8 -> 53;
            case NUMERIC -> 38;
            case UUID -> 36;
            case DATE -> 10;
            case TIME -> 15;
            case TIMESTAMP -> 26;
            case TIMESTAMPTZ -> 32;
            case INTERVAL -> 49;
            case TEXT, JSONB, BYTEA, VECTOR -> Integer.MAX_VALUE;
        };
    }

    /** As an IPC message, with its length before it. */
    static byte[] serialized(Schema schema) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            MessageSerializer.serialize(new WriteChannel(Channels.newChannel(bytes)), schema);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static boolean isOurs(boolean given, String catalog) {
        return !given || catalog.equals(Catalogue.CATALOG);
    }

    /** Whether a name matches a pattern with % and _, escaped by a backslash. */
    private static boolean matches(boolean given, String pattern, String name) {
        if (!given) {
            return true;
        }
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\' && i + 1 < pattern.length()) {
                regex.append(Pattern.quote(String.valueOf(pattern.charAt(++i))));
            } else if (c == '%') {
                regex.append(".*");
            } else if (c == '_') {
                regex.append('.');
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.DOTALL)
                .matcher(name)
                .matches();
    }
}
