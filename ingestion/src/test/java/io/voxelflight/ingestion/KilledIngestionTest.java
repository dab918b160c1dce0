package io.voxelflight.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.blockio.format.StorageLayout;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.testkit.AllocatorExtension;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed while they ingest: what they leave is not published, harms nobody, and goes away. */
class KilledIngestionTest {
    private static final DatasetName NAME = new DatasetName("killed");

    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @TempDir
    Path volumes;

    private final MemoryCatalog catalog = new MemoryCatalog();

    @Test
    void killedWhileWriting() throws Exception {
        Process process = start("writing");
        assertThat(left()).hasSize(2).contains("gate");
        runBeside(process); // it lives: its folder stays
        assertThat(left()).hasSize(2);
        kill(process);
        assertThat(left()).hasSize(2);
        runAgain();
    }

    @Test
    void killedBetweenMovingAndPublishing() throws Exception {
        Process process = start("publishing");
        assertThat(stored()).hasSize(1);
        runBeside(process);
        assertThat(stored().stream().filter(name -> name.startsWith("killed-"))).hasSize(1);
        kill(process);
        runAgain();
    }

    private void runBeside(Process process) {
        Dataset other = ingest(memory.allocator(), catalog, new DatasetName("beside"), volumes, source());
        assertThat(process.isAlive()).isTrue();
        assertThat(Ingestor.deleteFiles(other, volumes)).isTrue();
        catalog.remove(other.name());
    }

    private void runAgain() throws IOException {
        Dataset dataset = ingest(memory.allocator(), catalog, NAME, volumes, source());
        assertThat(left()).containsExactly("gate");
        assertThat(stored())
                .containsExactly(
                        Path.of(URI.create(dataset.location())).getFileName().toString());
    }

    private Process start(String stage) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        KilledIngestionTest.class.getName(),
                        volumes.toString(),
                        stage)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .start();
        String line =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        assertThat(line).isEqualTo(stage);
        return process;
    }

    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    private List<String> stored() throws IOException {
        return names(volumes).stream().filter(name -> !name.equals(".staging")).toList();
    }

    private List<String> left() throws IOException {
        return names(volumes.resolve(".staging"));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return new ArrayList<>(
                    all.map(path -> path.getFileName().toString()).toList());
        }
    }

    private static ArraySource source() {
        ArraySource source = new ArraySource(Extent.zyx(40, 40, 40), ElementType.UINT8);
        new Random(1).nextBytes(source.bytes);
        return source;
    }

    private static Dataset ingest(
            BufferAllocator allocator, MemoryCatalog catalog, DatasetName name, Path volumes, ArraySource source) {
        return new Ingestor(allocator, new IngestLimits(16 << 20, 2), catalog, catalog)
                .ingest(
                        source,
                        new IngestRequest(
                                name,
                                "memory",
                                volumes,
                                null,
                                null,
                                null,
                                List.of(),
                                StorageLayout.sharded(new BlockShape(16, 16, 16), new BlockShape(16, 16, 16), 1)),
                        IngestProgress.NONE,
                        new Cancellation());
    }

    /** The process: it ingests up to a stage, says so and waits for its end. */
    public static void main(String[] arguments) {
        MemoryCatalog catalog = new MemoryCatalog();
        ArraySource source = source();
        if (arguments[1].equals("writing")) {
            source.beforeRead = box -> {
                if (source.reads.size() == 10) {
                    sayAndWait("writing");
                }
            };
        } else {
            catalog.beforeCommit = () -> sayAndWait("publishing");
        }
        ingest(new RootAllocator(), catalog, NAME, Path.of(arguments[0]), source);
    }

    private static synchronized void sayAndWait(String stage) {
        System.out.println(stage);
        System.out.flush();
        try {
            Thread.sleep(60_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
