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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded server's life: started, shared, adopted, recovered, stopped. */
class EmbeddedLifeTest {
    @TempDir
    Path home;

    @TempDir
    Path otherHome;

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

    private static Database open(Path home) {
        return Database.open(new DatabaseSettings(home, null, true));
    }

    private static void awaitOpen(Process process) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertThat(out.readLine()).startsWith("open ");
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
