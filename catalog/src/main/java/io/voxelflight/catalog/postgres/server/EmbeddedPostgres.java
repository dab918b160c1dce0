package io.voxelflight.catalog.postgres.server;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process' share in the PostgreSQL of a home. The first process starts it, later ones adopt it, also after the
 * first was killed; the last one to close stops it. While it is in use it is watched, and started again should it die.
 */
public final class EmbeddedPostgres implements PostgresServer {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final String DATABASE = "voxelflight";
    private static final int WATCH_MILLIS = 250;

    private final Cluster cluster;
    private final HomeLocks locks;
    private final Thread watcher;
    private volatile Postmaster postmaster;
    private volatile boolean closed;

    private EmbeddedPostgres(Cluster cluster, HomeLocks locks, Postmaster postmaster) {
        this.cluster = cluster;
        this.locks = locks;
        this.postmaster = postmaster;
        this.watcher = new Thread(this::watch, "postgres-watch");
        watcher.setDaemon(true);
        watcher.start();
    }

    /**
     * Joins the server of {@code home}, starting it if it does not run.
     *
     * @throws ServiceException UNAVAILABLE with the reason
     */
    public static EmbeddedPostgres open(Path home) {
        try {
            Files.createDirectories(home.resolve("run"));
            Cluster cluster = new Cluster(home);
            HomeLocks locks = new HomeLocks(home.toRealPath().resolve("run"));
            try {
                Postmaster postmaster = locks.alone(() -> {
                    locks.use();
                    return adoptOrStart(cluster, 0);
                });
                return new EmbeddedPostgres(cluster, locks, postmaster);
            } catch (IOException | RuntimeException e) {
                locks.close();
                throw e;
            }
        } catch (IOException e) {
            throw failed(home, e);
        }
    }

    /** Whether {@code home}, a folder that is there, has a database, running or not. */
    public static boolean exists(Path home) {
        try {
            return Files.exists(new Cluster(home).data().resolve("PG_VERSION"));
        } catch (IOException e) {
            throw failed(home, e);
        }
    }

    /**
     * Stops the server of {@code home} whoever uses it.
     *
     * @return false if none ran
     */
    public static boolean stop(Path home) {
        if (!Files.isDirectory(home.resolve("run"))) {
            return false;
        }
        try {
            Cluster cluster = new Cluster(home);
            try (HomeLocks locks = new HomeLocks(home.toRealPath().resolve("run"))) {
                return locks.alone(() -> {
                    Optional<Postmaster> running = cluster.running();
                    running.ifPresent(cluster::stop);
                    return running.isPresent();
                });
            }
        } catch (IOException e) {
            throw failed(home, e);
        }
    }

    @Override
    public String kind() {
        return "embedded";
    }

    @Override
    public String place() {
        return cluster.data().toString();
    }

    @Override
    public String jdbcUrl() {
        return url(postmaster.port(), DATABASE);
    }

    @Override
    public String user() {
        return Cluster.SUPERUSER;
    }

    @Override
    public String password() {
        try {
            return cluster.password();
        } catch (IOException e) {
            throw failed(cluster.data(), e);
        }
    }

    @Override
    public Optional<String> whyNoVectors() {
        return Platform.whyNoVectors();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        watcher.interrupt();
        try {
            locks.alone(() -> {
                if (locks.leaveAsLast()) {
                    cluster.running().ifPresent(cluster::stop);
                }
                return true;
            });
        } catch (IOException e) {
            throw failed(cluster.data(), e);
        } finally {
            closeLocks();
        }
    }

    private void closeLocks() {
        try {
            locks.close();
        } catch (IOException e) {
            throw failed(cluster.data(), e);
        }
    }

    private static Postmaster adoptOrStart(Cluster cluster, int preferredPort) throws IOException {
        cluster.setAsideIfHomeIsNew();
        Optional<Postmaster> running = cluster.running();
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (running.isPresent() && !running.get().ready() && System.nanoTime() < deadline) {
            HomeLocks.pause(); // starting, recovering or stopping
            running = cluster.running();
        }
        Postmaster postmaster;
        if (running.isPresent()) {
            postmaster = running.get();
        } else {
            cluster.initialize();
            postmaster = cluster.start(preferredPort);
        }
        check(cluster, postmaster);
        return postmaster;
    }

    /** Makes sure that who answers is the server of this data folder, and that our database is in it. */
    private static void check(Cluster cluster, Postmaster postmaster) throws IOException {
        Properties login = new Properties();
        login.setProperty("user", Cluster.SUPERUSER);
        login.setProperty("password", cluster.password());
        login.setProperty("connectTimeout", "10");
        try (Connection connection = DriverManager.getConnection(url(postmaster.port(), "postgres"), login);
                Statement statement = connection.createStatement()) {
            try (ResultSet folder = statement.executeQuery("SHOW data_directory")) {
                folder.next();
                if (!Path.of(folder.getString(1))
                        .toRealPath()
                        .equals(cluster.data().toRealPath())) {
                    throw new ServiceException(
                            ErrorCode.UNAVAILABLE,
                            "the PostgreSQL at port " + postmaster.port() + " serves " + folder.getString(1) + ", not "
                                    + cluster.data());
                }
            }
            try (ResultSet there =
                    statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
                if (there.next()) {
                    return;
                }
            }
            statement.execute("CREATE DATABASE " + DATABASE);
        } catch (SQLException e) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    "the embedded database at port " + postmaster.port() + " does not let us in: " + e.getMessage(),
                    e);
        }
    }

    private void watch() {
        while (!closed) {
            try {
                Thread.sleep(WATCH_MILLIS);
                if (!closed && !postmaster.isAlive()) {
                    LOG.warn("the database (process {}) has died, starting it again", postmaster.pid());
                    locks.alone(() -> {
                        if (!closed) {
                            postmaster = adoptOrStart(cluster, postmaster.port());
                        }
                        return true;
                    });
                }
            } catch (InterruptedException e) {
                return;
            } catch (IOException | RuntimeException e) {
                if (!closed) {
                    LOG.warn("the database cannot be started again yet: {}", e.getMessage());
                }
            }
        }
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private static ServiceException failed(Path place, IOException cause) {
        return new ServiceException(
                ErrorCode.UNAVAILABLE, "the embedded database of " + place + " cannot be used: " + cause, cause);
    }
}
