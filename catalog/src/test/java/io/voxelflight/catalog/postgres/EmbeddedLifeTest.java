package io.voxelflight.catalog.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.catalog.postgres.server.EmbeddedPostgres;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The embedded server's life: started, shared, adopted, recovered, stopped. */
@Timeout(120)
class EmbeddedLifeTest {
    @TempDir
    Path home;

    @TempDir
    Path otherHome;

    private final Set<Path> places = new HashSet<>();

    @AfterEach
    void deletePlaces() {
        places.forEach(Places::delete);
    }

    @Test
    void theLastUserStopsTheServerAndTheDataStays() {
        try (Database database = open(home)) {
            new PostgresPublisher(database.owner())
                    .publish(DatabaseTest.dataset("kept"), List.of(), DatabaseTest.rows(3));
        }
        assertThat(postmaster(home)).isEmpty();
        try (Database database = open(home)) {
            assertThat(new PostgresCatalog(database.owner()).datasets()).hasSize(1);
        }
    }

    @Test
    void aServerWhoseProcessWasKilledIsAdoptedAndStoppedByTheNext() throws Exception {
        Process killed = OtherProcess.start(home, "wait");
        awaitOpen(killed);
        long before = postmaster(home).orElseThrow();
        killed.destroyForcibly().waitFor();

        try (Database database = open(home)) {
            assertThat(database.whyNotReady()).isEmpty();
            assertThat(postmaster(home)).contains(before);
        }
        assertThat(postmaster(home)).isEmpty();
    }

    @Test
    void aServerThatIsKilledIsStartedAgainAndNothingAcknowledgedIsLost() throws Exception {
        try (Database database = open(home)) {
            PostgresPublisher publisher = new PostgresPublisher(database.owner());
            for (int round = 0; round < 3; round++) {
                publisher.publish(DatabaseTest.dataset("round" + round), List.of(), DatabaseTest.rows(1000));
                ProcessHandle.of(postmaster(home).orElseThrow()).orElseThrow().destroyForcibly();
                int published = round + 1;
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .ignoreExceptions()
                        .untilAsserted(() -> assertThat(new PostgresCatalog(database.owner()).datasets())
                                .hasSize(published));
            }
        }
    }

    @Test
    void twoHomesLiveSideBySide() {
        try (Database one = open(home);
                Database other = open(otherHome)) {
            new PostgresPublisher(one.owner()).publish(DatabaseTest.dataset("mine"), List.of(), DatabaseTest.rows(1));

            assertThat(new PostgresCatalog(other.owner()).datasets()).isEmpty();
        }
    }

    @Test
    void aServerInUseByAnotherProcessIsLeftRunning() throws Exception {
        Process other = OtherProcess.start(home, "wait");
        try {
            awaitOpen(other);
            open(home).close();
            assertThat(postmaster(home)).isPresent();
        } finally {
            other.destroyForcibly().waitFor();
            assertThat(EmbeddedPostgres.stop(home)).isTrue();
        }
        assertThat(postmaster(home)).isEmpty();
        assertThat(EmbeddedPostgres.stop(home)).isFalse();
    }

    @Test
    void oneProcessUsesAHomeOnceAndASecondAttemptDisturbsNothing() {
        try (Database database = open(home)) {
            assertThatThrownBy(() -> open(home))
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                    .hasMessageContaining("already");
            assertThat(database.whyNotReady()).isEmpty();
        }
    }

    @Test
    void aHomeThatIsDeletedAndMadeAnewStartsEmpty() throws IOException {
        try (Database database = open(home)) {
            new PostgresPublisher(database.owner())
                    .publish(DatabaseTest.dataset("lost"), List.of(), DatabaseTest.rows(1));
        }
        Files.delete(home.resolve("postgres.password"));

        try (Database database = open(home)) {
            assertThat(new PostgresCatalog(database.owner()).datasets()).isEmpty();
            try (Stream<Path> kept = Files.list(Places.of(database.status().place()))) {
                assertThat(kept.map(path -> path.getFileName().toString()))
                        .anyMatch(name -> name.contains("-of-deleted-home-"));
            }
        }
    }

    @Test
    void aPidFileWhoseNumberIsAnotherProcessIsNoServer() throws IOException {
        Path pidFile;
        try (Database database = open(home)) {
            pidFile = Path.of(database.status().place()).resolve("postmaster.pid");
        }
        Files.writeString(
                pidFile, ProcessHandle.current().pid() + "\n" + pidFile.getParent() + "\n1\n5432\n\n\n0 0\nready\n");

        try (Database database = open(home)) {
            assertThat(database.whyNotReady()).isEmpty();
        }
    }

    @Test
    void aDatabaseUrlIsUsedInsteadAndLeftRunning() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.open(home)) {
            places.add(Places.of(server.place()));
            try (Connection connection =
                            DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE ROLE \"my app\" LOGIN CREATEROLE PASSWORD 'p/w:@#'");
                statement.execute("CREATE DATABASE external OWNER \"my app\"");
            }
            String url = server.jdbcUrl()
                    .replace("jdbc:postgresql://", "postgres://my%20app:p%2Fw%3A%40%23@")
                    .replace("/voxelflight", "/external");

            try (Database database = Database.open(new DatabaseSettings(otherHome, url, true))) {
                assertThat(database.status().kind()).isEqualTo("external");
                PostgresPublisher publisher = new PostgresPublisher(database.owner());
                publisher.publish(DatabaseTest.dataset("mine"), List.of(), DatabaseTest.rows(3));
                PostgresCatalog catalog = new PostgresCatalog(database.readOnly());
                assertThat(new PostgresCatalog(database.owner()).datasets()).hasSize(1);
                assertThatThrownBy(catalog::datasets)
                        .isInstanceOf(ServiceException.class); // readers see the views only
                publisher.remove(DatabaseTest.dataset("mine").name());
            }
            assertThat(postmaster(home)).isPresent();
        }
        assertThat(otherHome).isEmptyDirectory();
    }

    @Test
    void aDatabaseThatDoesNotAnswerIsNamed() {
        assertThatThrownBy(() -> Database.open(
                        new DatabaseSettings(home, "postgres://u:secret@127.0.0.1:1/nothing?connectTimeout=2", true)))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining("127.0.0.1:1/nothing")
                .hasMessageNotContaining("secret");
    }

    @Test
    void anOldCatalogIsRefusedWhereItMayNotBeMigrated() {
        assertThatThrownBy(() -> Database.open(new DatabaseSettings(home, null, false)))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessageContaining("--no-migrate");
        assertThat(postmaster(home)).isEmpty();
    }

    @Test
    void aDatabaseUrlThatIsNoneIsRefusedWithoutShowingItsPassword() {
        for (String url : List.of("postgres://u:secret@/x", "mysql://u:secret@h/d", "postgres://u:secret@h", "%zz")) {
            assertThatThrownBy(() -> Database.open(new DatabaseSettings(home, url, true)))
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                    .hasMessageNotContaining("secret");
        }
    }

    private Database open(Path home) {
        Database database = Database.open(new DatabaseSettings(home, null, true));
        places.add(Places.of(database.status().place()));
        return database;
    }

    private static void awaitOpen(Process process) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.startsWith("open ")) {
            line = out.readLine();
        }
        assertThat(line).isNotNull();
    }

    /** The postmaster that a home's processes use, found by its log's neighbour: the one whose log is in this home. */
    private static Optional<Long> postmaster(Path home) {
        return ProcessHandle.allProcesses()
                .filter(process -> isPostmasterOf(process.pid(), home))
                .map(ProcessHandle::pid)
                .findFirst();
    }

    private static boolean isPostmasterOf(long pid, Path home) {
        try {
            String command =
                    Files.readString(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ');
            return command.contains("/postgres -D ")
                    && Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/2")).startsWith(home.toRealPath());
        } catch (IOException gone) {
            return false;
        }
    }
}
