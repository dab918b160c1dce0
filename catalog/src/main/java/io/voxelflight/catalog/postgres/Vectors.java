package io.voxelflight.catalog.postgres;

import io.voxelflight.catalog.postgres.server.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** pgvector, where the server has it and the CPU can run it. */
final class Vectors {
    private Vectors() {}

    /** Creates the extension if it can be; says in words what there is. */
    static String prepare(Connection connection, PostgresServer server) throws SQLException {
        Optional<String> obstacle = server.whyNoVectors();
        if (obstacle.isPresent()) {
            return "none: " + obstacle.get();
        }
        try (Statement statement = connection.createStatement()) {
            try (ResultSet available =
                    statement.executeQuery("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")) {
                if (!available.next()) {
                    return "none: the server has no pgvector";
                }
            }
            try {
                statement.execute("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public");
            } catch (SQLException e) {
                if (!isThere(statement)) { // another process made it meanwhile, or we may not
                    return "none: pgvector is there but cannot be created: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
                }
            }
            try (ResultSet version =
                    statement.executeQuery("SELECT extversion FROM pg_extension WHERE extname = 'vector'")) {
                version.next();
                return "pgvector " + version.getString(1) + ", indexed by HNSW";
            }
        }
    }

    private static boolean isThere(Statement statement) throws SQLException {
        try (ResultSet found = statement.executeQuery("SELECT 1 FROM pg_extension WHERE extname = 'vector'")) {
            return found.next();
        }
    }
}
