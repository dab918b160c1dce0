package io.voxelflight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.catalog.api.AccessKeys;
import io.voxelflight.catalog.api.TicketSecret;
import io.voxelflight.catalog.postgres.PostgresAccessKeys;
import io.voxelflight.catalog.postgres.PostgresTicketSecrets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresAccessTest extends AccessKeysContract {
    private static final Duration DAY = Duration.ofDays(1);

    private final PostgresAccessKeys keys =
            new PostgresAccessKeys(TestDatabase.shared().owner());
    private final PostgresTicketSecrets secrets =
            new PostgresTicketSecrets(TestDatabase.shared().owner());

    @Override
    protected AccessKeys keys() {
        return keys;
    }

    @Test
    void serversThatStartTogetherShareOneSecret() {
        Set<List<TicketSecret>> seen = ConcurrentHashMap.newKeySet();
        IntStream.range(0, 8).parallel().forEach(server -> seen.add(secrets.current(DAY, DAY.multipliedBy(3))));
        assertThat(seen).hasSize(1);
        assertThat(seen.iterator().next()).isNotEmpty();
    }

    @Test
    void secretsRotateAndOldOnesGo() throws Exception {
        List<TicketSecret> first = secrets.current(DAY, DAY.multipliedBy(3));
        assertThat(secrets.current(DAY, DAY.multipliedBy(3))).isEqualTo(first);
        age("2 days");
        List<TicketSecret> second = secrets.current(DAY, DAY.multipliedBy(3));
        assertThat(second).hasSize(first.size() + 1).containsAll(first);
        age("2 days");
        assertThat(secrets.current(DAY, DAY.multipliedBy(3)))
                .hasSize(2)
                .contains(second.get(second.size() - 1))
                .doesNotContainAnyElementsOf(first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"access_key", "access_audit", "access_version", "ticket_secret"})
    void whoReadsBySqlSeesNoKeysAndNoSecrets(String table) throws Exception {
        try (Connection connection = TestDatabase.shared().readOnly().getConnection();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.executeQuery("SELECT * FROM voxelflight." + table))
                    .hasMessageContaining("permission denied");
        }
    }

    private static void age(String by) throws Exception {
        try (Connection connection = TestDatabase.shared().owner().getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE ticket_secret SET created_at = created_at - interval '" + by + "'");
        }
    }
}
