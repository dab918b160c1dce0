package io.voxelflight.flight.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.flight.config.Home;
import io.voxelflight.model.ServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningServerTest {
    @TempDir
    private Path folder;

    @Test
    void aHomeHasOneServerAndNamesIt() {
        Home home = new Home(folder).prepare();
        assertThat(RunningServer.find(home)).isEmpty();
        try (RunningServer.Claim claim = RunningServer.Claim.take(home)) {
            assertThat(RunningServer.find(home)).as("not announced yet").isEmpty();
            assertThat(RunningServer.isClaimed(home)).isTrue();
            claim.announce("grpc://127.0.0.1:1", "http://127.0.0.1:2");
            assertThat(RunningServer.find(home)).hasValueSatisfying(server -> {
                assertThat(server.uri()).isEqualTo("grpc://127.0.0.1:1");
                assertThat(server.httpUri()).isEqualTo("http://127.0.0.1:2");
                assertThat(server.pid()).isEqualTo(ProcessHandle.current().pid());
            });
            assertThatThrownBy(() -> RunningServer.Claim.take(home))
                    .isInstanceOf(ServiceException.class)
                    .hasMessageContaining("grpc://127.0.0.1:1")
                    .hasMessageContaining("voxelflight down");
            assertThat(RunningServer.find(home))
                    .as("looking takes nothing away")
                    .isPresent();
        }
        assertThat(RunningServer.find(home)).isEmpty();
        RunningServer.Claim.take(home).close();
    }

    @Test
    void aNoteThatADeadServerLeftIsNotAServer() throws Exception {
        Home home = new Home(folder).prepare();
        Files.createFile(home.run().resolve("server.lock"));
        Files.writeString(home.run().resolve("server.json"), "{\"pid\":1,\"uri\":\"grpc://127.0.0.1:1\"}");
        assertThat(RunningServer.find(home)).isEmpty();
    }
}
