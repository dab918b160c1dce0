package io.voxelflight.flight.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.catalog.postgres.DatabaseStatus;
import io.voxelflight.flight.config.ByteSize;
import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.server.Installation;
import io.voxelflight.flight.server.RunningServer;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "status", description = "Tells whether a server runs, which database there is, and how much it holds.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    private record Holdings(DatabaseStatus database, int datasets, long storedBytes) {}

    @Override
    public Integer call() {
        Home home = common.home();
        Optional<RunningServer> server = RunningServer.find(home);
        Holdings holdings = Installation.exists(home, System.getenv()) ? holdings(home) : null;
        if (json) {
            common.out().println(DatasetJson.text(object(home, server, holdings)));
        } else {
            print(home, server, holdings);
        }
        return 0;
    }

    private static Holdings holdings(Home home) {
        try (Installation installation = Installation.open(home, System.getenv(), true)) {
            List<Dataset> datasets = installation.datasets().datasets();
            long stored = datasets.stream()
                    .flatMap(dataset -> dataset.levels().stream())
                    .mapToLong(Level::storedBytes)
                    .sum();
            return new Holdings(installation.database().status(), datasets.size(), stored);
        }
    }

    private void print(Home home, Optional<RunningServer> server, @Nullable Holdings holdings) {
        PrintWriter out = common.out();
        line(out, "home", home.root().toString());
        if (server.isPresent()) {
            RunningServer found = server.get();
            line(
                    out,
                    "server",
                    found.uri() + " and " + found.httpUri() + ", process " + found.pid() + ", up for "
                            + time(found.startedAt()));
        } else {
            line(out, "server", "not running, start it with 'voxelflight up'");
        }
        if (holdings == null) {
            line(out, "database", "none yet: the first 'up', 'serve' or 'ingest' makes it");
            return;
        }
        DatabaseStatus database = holdings.database();
        line(out, "database", database.kind() + " PostgreSQL " + database.version() + " at " + database.place());
        line(out, "vectors", database.vectors());
        line(out, "schema", "version " + database.schemaVersion() + ", SQL users read as " + database.readers());
        line(out, "datasets", holdings.datasets() + ", " + new ByteSize(holdings.storedBytes()) + " stored");
    }

    private static ObjectNode object(Home home, Optional<RunningServer> server, @Nullable Holdings holdings) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("home", home.root().toString());
        object.putNull("server");
        server.ifPresent(found -> object.putObject("server")
                .put("uri", found.uri())
                .put("http_uri", found.httpUri())
                .put("pid", found.pid())
                .put("started_at", found.startedAt().toString())
                .put("uptime_seconds", uptime(found.startedAt()).toSeconds()));
        object.putNull("database");
        if (holdings != null) {
            DatabaseStatus database = holdings.database();
            object.putObject("database")
                    .put("kind", database.kind())
                    .put("place", database.place())
                    .put("version", database.version())
                    .put("vectors", database.vectors())
                    .put("schema_version", database.schemaVersion())
                    .put("readers", database.readers());
        }
        object.put("datasets", holdings == null ? 0 : holdings.datasets());
        object.put("stored_bytes", holdings == null ? 0 : holdings.storedBytes());
        return object;
    }

    private static Duration uptime(Instant start) {
        return Duration.between(start, Instant.now());
    }

    private static String time(Instant start) {
        Duration time = uptime(start);
        return String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
    }

    private static void line(PrintWriter out, String what, String value) {
        out.println(String.format("%-9s %s", what, value));
    }
}
