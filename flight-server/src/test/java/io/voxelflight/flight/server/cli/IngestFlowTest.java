package io.voxelflight.flight.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A dataset's life by the commands alone, on an embedded database: made, looked at, refused a second time, removed. */
class IngestFlowTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private static Path sources;

    @TempDir
    private Path folder;

    private final Path source = sources.resolve("cells.npy");

    @BeforeAll
    static void generate() throws IOException {
        GeneratedVolume.write(sources.resolve("cells.npy"));
        Files.writeString(sources.resolve("text.txt"), "no volume at all");
    }

    @Test
    void aDatasetIsMadeLookedAtAndRemoved() throws Exception {
        assertThat(run("ingest", source.toString(), "--name", "cells", "--voxel-size", "8,4,4", "--tag", "made-up"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .startsWith("ingested cells: 192 x 224 x 256 uint8, 10.5 MiB in ")
                .hasLineCount(1);

        run("datasets", "--json");
        JsonNode datasets = new ObjectMapper().readTree(out.toString());
        assertThat(datasets).hasSize(1);
        assertThat(datasets.get(0).path("shape").toString()).isEqualTo("[192,224,256]");
        assertThat(datasets.get(0).path("voxel_size").toString()).isEqualTo("[8.0,4.0,4.0]");
        assertThat(datasets.get(0).path("tags").toString()).isEqualTo("[\"made-up\"]");
        run("info", "cells");
        assertThat(out.toString())
                .contains("192 x 224 x 256")
                .contains("8 x 4 x 4 nm")
                .contains("source.location")
                .contains(source.toString());
        run("status");
        assertThat(out.toString())
                .contains("embedded PostgreSQL")
                .contains("1, ")
                .contains("not running");

        assertThat(run("ingest", source.toString(), "--name", "cells")).isEqualTo(2);
        assertThat(err.toString()).contains("'cells'").contains("voxelflight remove cells");

        assertThat(run("remove", "cells")).isZero();
        assertThat(out.toString()).startsWith("removed cells: 192 x 224 x 256 uint8");
        assertThat(volumes()).isEmpty();
        assertThat(run("remove", "cells")).isEqualTo(2);
        assertThat(run("ingest", source.toString(), "--name", "cells", "--chunk", "64", "--shard", "128"))
                .as("the name is free again: " + err)
                .isZero();
        run("down");
        assertThat(out.toString()).contains("nothing was running");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            missing.npy --name a                      | missing.npy
            text.txt --name a                         | text.txt
            cells.npy --name a/b                      | 'a/b'
            cells.npy --name a --axes zz              | 'zz'
            cells.npy --name a --axes zy              | zy
            cells.npy --name a --voxel-size 1,2       | '1,2'
            cells.npy --name a --voxel-size 1,0,2     | '1,0,2'
            cells.npy --name a --chunk 64,64          | '64,64'
            cells.npy --name a --shard 100            | 100
            cells.npy --name a --level 40             | 40
            cells.npy --name a --workers 0            | 0
            cells.npy --name a --memory lots          | 'lots'
            cells.npy --name a --kind sound           | sound
            cells.npy                                 | --name
            """)
    void aWrongCallIsNamedInOneLineAndNothingIsPublished(String line, String named) throws IOException {
        List<String> words = Stream.of(("ingest " + line).strip().split(" +"))
                .map(word -> word.endsWith(".npy") || word.endsWith(".txt")
                        ? sources.resolve(word).toString()
                        : word)
                .toList();
        assertThat(run(words.toArray(String[]::new))).as(err.toString()).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).startsWith("voxelflight: ").contains(named).hasLineCount(1);
        assertThat(volumes()).isEmpty();
    }

    private List<Path> volumes() throws IOException {
        Path volumes = folder.resolve("home").resolve("data");
        if (!Files.exists(volumes)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(volumes)) {
            return found.filter(path -> !path.getFileName().toString().startsWith("."))
                    .toList();
        }
    }

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        String[] all = Stream.concat(
                        Stream.of(args),
                        Stream.of("--home", folder.resolve("home").toString()))
                .toArray(String[]::new);
        return Commands.run(new PrintWriter(out), new PrintWriter(err), all);
    }
}
