package io.voxelflight.flight.server;

import io.voxelflight.catalog.api.AccessKeys;
import io.voxelflight.catalog.api.ChunkIndex;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetDetails;
import io.voxelflight.catalog.api.DatasetPublisher;
import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.catalog.api.InPlace;
import io.voxelflight.catalog.api.TicketSecrets;
import io.voxelflight.catalog.api.UsageLog;
import io.voxelflight.catalog.postgres.Database;
import io.voxelflight.catalog.postgres.DatabaseSettings;
import io.voxelflight.catalog.postgres.PostgresAccessKeys;
import io.voxelflight.catalog.postgres.PostgresCatalog;
import io.voxelflight.catalog.postgres.PostgresChunkIndex;
import io.voxelflight.catalog.postgres.PostgresDetails;
import io.voxelflight.catalog.postgres.PostgresPublisher;
import io.voxelflight.catalog.postgres.PostgresTicketSecrets;
import io.voxelflight.catalog.postgres.PostgresUsageLog;
import io.voxelflight.catalog.postgres.server.EmbeddedPostgres;
import io.voxelflight.flight.config.Home;
import io.voxelflight.ingestion.Ingestor;
import io.voxelflight.model.DatasetName;
import java.nio.file.Files;
import java.util.Map;

/** A home with its database open: what a command works on, with or without a running server. */
public final class Installation implements AutoCloseable {
    private final Home home;
    private final Database database;

    private Installation(Home home, Database database) {
        this.home = home;
        this.database = database;
    }

    /**
     * Opens the home's database, or the one that {@code DATABASE_URL} names; makes home and database if they are not there.
     *
     * @param migrate bring an older schema up to date, else refuse it
     * @throws io.voxelflight.model.ServiceException as {@link Database#open}
     */
    public static Installation open(Home home, Map<String, String> environment, boolean migrate) {
        home.prepare();
        return new Installation(home, Database.open(DatabaseSettings.of(home.root(), environment, migrate)));
    }

    /**
     * Whether there is a database to look into. Commands that only look use it, so that a mistyped {@code --home} does not
     * leave an installation behind.
     */
    public static boolean exists(Home home, Map<String, String> environment) {
        return DatabaseSettings.of(home.root(), environment, false).databaseUrl() != null
                || (Files.isDirectory(home.root()) && EmbeddedPostgres.exists(home.root()));
    }

    public Home home() {
        return home;
    }

    public Database database() {
        return database;
    }

    public ChunkIndex chunkIndex() {
        return new PostgresChunkIndex(database.owner());
    }

    public DatasetReader datasets() {
        return new PostgresCatalog(database.owner());
    }

    public DatasetDetails details() {
        return new PostgresDetails(database.owner());
    }

    public DatasetPublisher publisher() {
        return new PostgresPublisher(database.owner());
    }

    public AccessKeys accessKeys() {
        return new PostgresAccessKeys(database.owner());
    }

    public UsageLog usageLog() {
        return new PostgresUsageLog(database.owner());
    }

    public TicketSecrets ticketSecrets() {
        return new PostgresTicketSecrets(database.owner());
    }

    /**
     * Takes a dataset out of the catalog, then deletes its stored volume, unless it is registered: what lies in its place is
     * not ours.
     *
     * @throws io.voxelflight.model.ServiceException NOT_FOUND; UNAVAILABLE if files cannot be deleted (the dataset is gone from the catalog then)
     */
    public Dataset remove(DatasetName name) {
        Dataset removed = publisher().remove(name);
        if (InPlace.of(removed).isEmpty()) {
            Ingestor.deleteFiles(removed, home.volumes());
        }
        return removed;
    }

    @Override
    public void close() {
        database.close();
    }
}
