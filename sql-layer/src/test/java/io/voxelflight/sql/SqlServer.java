package io.voxelflight.sql;

import io.voxelflight.sql.flightsql.SqlProducer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** The Flight SQL service behind a stock Flight server, and a client of it. */
final class SqlServer implements AutoCloseable {
    private final BufferAllocator serverMemory = new RootAllocator();
    private final BufferAllocator clientMemory = new RootAllocator();
    private final SqlEngine engine;
    private final SqlProducer producer;
    private final FlightServer server;
    private final FlightClient flight;
    private final FlightSqlClient client;

    SqlServer(SqlLimits limits) throws Exception {
        engine = new SqlEngine(SampleCatalog.database().readOnly(), serverMemory, limits);
        producer = new SqlProducer(engine);
        server = FlightServer.builder(serverMemory, Location.forGrpcInsecure("127.0.0.1", 0), producer)
                .headerAuthenticator(new AnonymousAuth())
                .build()
                .start();
        flight = FlightClient.builder(clientMemory, server.getLocation()).build();
        client = new FlightSqlClient(flight);
    }

    SqlEngine engine() {
        return engine;
    }

    FlightClient flight() {
        return flight;
    }

    FlightSqlClient client() {
        return client;
    }

    /** A connection of the JDBC driver, with further properties of it. */
    Connection jdbc(Properties properties) throws SQLException {
        properties.setProperty("useEncryption", "false");
        return DriverManager.getConnection("jdbc:arrow-flight-sql://127.0.0.1:" + server.getPort(), properties);
    }

    BufferAllocator clientMemory() {
        return clientMemory;
    }

    /** Statements that PostgreSQL works on whose text has that word. */
    static long active(String word) throws Exception {
        try (var connection = SampleCatalog.database().owner().getConnection();
                var statement = connection.createStatement();
                var result = statement.executeQuery("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                        + " AND backend_type = 'client backend'"
                        + " AND pid <> pg_backend_pid() AND query LIKE 'COPY%" + word + "%'")) {
            result.next();
            return result.getLong(1);
        }
    }

    @Override
    public void close() throws Exception {
        client.close();
        server.close();
        producer.close();
        engine.close();
        clientMemory.close();
        serverMemory.close();
    }
}
