package io.voxelflight.flight.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands on a home that nobody has made yet: what they print, where, and with which exit code. */
class CommandsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void withoutACommandTheHelpSaysWhatThereIs() {
        assertThat(run()).isZero();
        assertThat(out.toString())
                .contains("up ", "status ", "datasets ", "voxelflight demo")
                .contains("--home");
        assertThat(out.toString().lines()).allMatch(line -> line.length() <= 100);
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "ingest", "up", "down", "serve", "status", "datasets", "info", "sql", "remove"})
    void everyCommandExplainsItself(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString()).contains("Usage: voxelflight " + command).contains("--home=DIR");
    }

    @Test
    void theVersionIsTheBuilds() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).matches("voxelflight \\d+\\.\\d+\\.\\d+.*, Java .*\\R");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "conquer",
                "info",
                "info one two",
                "datasets --yaml",
                "up --flight-port=many",
                "up --do-get=carefully",
                "up --cache=plenty",
                "serve --flight-port=70000",
                "serve --max-streams=0",
                "sql query --format=yaml",
                "info bad/name"
            })
    void aWrongCallIsOneLineOnStandardErrorAndExitCode2(String line) {
        List<String> words = Stream.of(line.split(" ")).toList();
        assertThat(run(words.toArray(String[]::new))).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        String wrong = words.get(words.size() - 1).replaceFirst("^--.*=", "");
        assertThat(err.toString()).startsWith("voxelflight: ").hasLineCount(1);
        if (words.size() > 1) {
            assertThat(err.toString()).contains(wrong);
        }
    }

    @Test
    void lookingAtAHomeThatIsNotThereMakesNone() throws Exception {
        Path nowhere = folder.resolve("nowhere");
        assertThat(run("datasets", "--json", "--home", nowhere.toString())).isZero();
        assertThat(new ObjectMapper().readTree(out.toString())).isEmpty();
        assertThat(run("datasets", "--home", nowhere.toString())).isZero();
        assertThat(err.toString()).contains("voxelflight ingest");
        assertThat(run("info", "brain", "--home", nowhere.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("'brain'").contains(nowhere.toString());
        assertThat(run("remove", "brain", "--home", nowhere.toString())).isEqualTo(2);
        assertThat(run("down", "--home", nowhere.toString())).isZero();
        assertThat(out.toString()).contains("nothing was running");
        assertThat(nowhere).doesNotExist();
    }

    @Test
    void statusOfAHomeThatIsNotThereSaysSo() throws Exception {
        assertThat(run("status", "--json", "--home", folder.resolve("nowhere").toString()))
                .isZero();
        JsonNode status = new ObjectMapper().readTree(out.toString());
        assertThat(status.path("server").isNull()).isTrue();
        assertThat(status.path("database").isNull()).isTrue();
        assertThat(status.path("datasets").asInt(-1)).isZero();
    }

    @Test
    void debugAddsTheTrace() {
        assertThat(run(
                        "info",
                        "brain",
                        "--debug",
                        "--home",
                        folder.resolve("nowhere").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("ServiceException").contains("\tat io.voxelflight");
    }

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Commands.run(new PrintWriter(out), new PrintWriter(err), args);
    }
}
