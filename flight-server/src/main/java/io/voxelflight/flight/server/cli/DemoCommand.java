package io.voxelflight.flight.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.server.Ingestion;
import io.voxelflight.flight.server.Installation;
import io.voxelflight.flight.server.RunningServer;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "demo",
        description = {
            "Shows the whole way on real data: ingests a volume, serves it, reads random blocks of it with Python, asks SQL,"
                    + " and draws a picture of what was found.",
            "Without SOURCE it is the MNI152 head, an average of 152 people's MRI scans, with its maps of grey and white"
                    + " matter, which the Python package nilearn carries; without network a generated volume. All lies in a"
                    + " home of its own, ~/.voxelflight/demo, and its server keeps running for you to try things."
        })
final class DemoCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "SOURCE", arity = "0..1", description = "A volume of your own, as 'ingest' takes it.")
    private @Nullable Path source;

    @Option(names = "--dataset", paramLabel = "PATH", description = "Array inside an HDF5 file, as 'ingest' takes it.")
    private @Nullable String dataset;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path client = Launcher.root().resolve("clients").resolve("python").resolve("src");
        Home home = common.homeOr("demo").prepare();
        FutureTask<PythonEnvironment> python =
                new FutureTask<>(() -> PythonEnvironment.prepare(home.root().resolve("python"), client));
        Thread setUp = new Thread(python, "python-set-up"); // while the volume is fetched and ingested
        setUp.setDaemon(true);
        setUp.start();

        DemoVolumes volumes = source == null ? DemoVolumes.head(home, this::say) : DemoVolumes.of(source, dataset);
        RunningServer server = server(home);
        try (CancelOnSignal signal = new CancelOnSignal()) {
            List<DemoReport.Ingested> ingested = ingest(home, volumes, signal);
            say("waiting for the Python environment " + home.root().resolve("python") + " (once)", !python.isDone());
            PythonEnvironment environment = await(python);
            say("reading blocks and asking SQL with Python");
            Path picture = home.root().resolve("demo.png");
            JsonNode result = runClient(home, environment, task(volumes, ingested, server, picture));
            new DemoReport(common.out(), home, server, environment.commandLine())
                    .print(volumes.title(), ingested, result);
        }
        return 0;
    }

    private RunningServer server(Home home) throws IOException, InterruptedException {
        RunningServer running = RunningServer.find(home).orElse(null);
        if (running == null) {
            say("starting database and server");
            boolean usualPorts = isFree(ServeOptions.FLIGHT_PORT) && isFree(ServeOptions.HTTP_PORT);
            running = ServerProcess.start(
                    home, usualPorts ? List.of() : List.of("--flight-port", "0", "--http-port", "0"));
        }
        if (!running.uri().startsWith("grpc://")) {
            throw new ServiceException(
                    ErrorCode.ALREADY_EXISTS,
                    "the demo's home has a server with TLS at " + running.uri() + ", which the demo has no part in:"
                            + " stop it with 'voxelflight down --home " + home.root() + "', or choose another --home");
        }
        say("the server runs at " + running.uri());
        return running;
    }

    private List<DemoReport.Ingested> ingest(Home home, DemoVolumes volumes, CancelOnSignal signal) {
        List<DemoReport.Ingested> ingested = new ArrayList<>();
        try (Installation installation = Installation.open(home, System.getenv(), true)) {
            for (DemoVolumes.Volume volume : volumes.volumes()) {
                Ingestion.Settings settings = volume.settings();
                try (Ingestion ingestion = Ingestion.open(home, settings)) {
                    if (installation.datasets().find(settings.name()).isPresent()) {
                        installation.remove(settings.name()); // of an earlier demo
                    }
                    long start = System.nanoTime();
                    Dataset made;
                    try (ProgressLine progress =
                            ProgressLine.onStandardError(common.err(), "ingest " + settings.name())) {
                        made = ingestion.run(installation, progress::update, signal.cancellation());
                    }
                    ingested.add(new DemoReport.Ingested(made, (System.nanoTime() - start) / 1e9));
                }
            }
        }
        return ingested;
    }

    private static PythonEnvironment await(FutureTask<PythonEnvironment> python)
            throws IOException, InterruptedException {
        try {
            return python.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ServiceException known) {
                throw known;
            }
            if (e.getCause() instanceof IOException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** What the client script shall do; its fields are read by demo.py. */
    private static ObjectNode task(
            DemoVolumes volumes, List<DemoReport.Ingested> ingested, RunningServer server, Path picture) {
        Dataset main = ingested.get(0).dataset();
        String name = main.name().value();
        BlockShape chunk = main.levels().get(0).chunk();
        Extent extent = main.levels().get(0).extent();
        ObjectNode task = JsonNodeFactory.instance.objectNode();
        task.put("address", server.uri());
        task.put("dataset", name);
        task.put("title", volumes.title());
        task.put("kind", DatasetJson.kind(main));
        task.put("flip", volumes.flip());
        task.put("picture", picture.toString());
        task.putArray("block")
                .add(Math.min(chunk.z(), extent.z()))
                .add(Math.min(chunk.y(), extent.y()))
                .add(Math.min(chunk.x(), extent.x()));
        volumes.planes().forEach(task.putArray("planes")::add);
        ArrayNode queries = task.putArray("queries");
        query(queries, "What is there?", """
                SELECT name, dtype, shape, voxel_size, levels, chunks, byte_size AS stored_bytes
                FROM datasets ORDER BY name""");
        query(queries, "Where is most contrast?", """
                SELECT z, y, x, stddev, mean, vmin, vmax
                FROM chunks WHERE dataset = '%s' AND level = 0 ORDER BY stddev DESC LIMIT 6""".formatted(name));
        if (ingested.size() == 3) {
            String grey = ingested.get(1).dataset().name().value();
            String white = ingested.get(2).dataset().name().value();
            ArrayNode tissue = task.putArray("tissue");
            tissue.add(grey).add(white);
            query(
                    queries,
                    "Which chunks are mostly grey matter, and how bright are they in the T1 scan?",
                    """
                    SELECT g.z, g.y, g.x, g.mean / 255 AS grey_share, w.mean / 255 AS white_share, t.mean AS t1_mean
                    FROM chunks g
                    JOIN chunks w ON w.level = g.level AND w.z = g.z AND w.y = g.y AND w.x = g.x
                    JOIN chunks t ON t.level = g.level AND t.z = g.z AND t.y = g.y AND t.x = g.x
                    WHERE g.dataset = '%s' AND w.dataset = '%s' AND t.dataset = '%s' AND g.level = 0
                    ORDER BY g.mean DESC LIMIT 5""".formatted(grey, white, name));
        } else {
            query(queries, "How full is each scale level?", """
                    SELECT level, count(*) AS chunks, sum(byte_size) AS stored_bytes, avg(nonzero_fraction) AS nonzero,
                           min(vmin) AS smallest, max(vmax) AS largest
                    FROM chunks WHERE dataset = '%s' GROUP BY level ORDER BY level""".formatted(name));
        }
        return task;
    }

    private static void query(ArrayNode queries, String title, String sql) {
        queries.addObject().put("title", title).put("sql", sql);
    }

    private static JsonNode runClient(Home home, PythonEnvironment environment, ObjectNode task)
            throws IOException, InterruptedException {
        Path script = home.run().resolve("demo.py");
        try (InputStream in = DemoCommand.class.getResourceAsStream("demo.py")) {
            if (in == null) {
                throw new IllegalStateException("demo.py is not in the program");
            }
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        }
        Path taskFile = home.run().resolve("demo-task.json");
        Path resultFile = home.run().resolve("demo-result.json");
        Files.writeString(taskFile, task.toString());
        environment.run(home.logs().resolve("demo.log"), script, List.of(taskFile.toString(), resultFile.toString()));
        return JSON.readTree(Files.readString(resultFile));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort() == port;
        } catch (IOException taken) {
            return false;
        }
    }

    private void say(String text) {
        common.err().println("demo: " + text);
        common.err().flush();
    }

    private void say(String text, boolean worthSaying) {
        if (worthSaying) {
            say(text);
        }
    }
}
