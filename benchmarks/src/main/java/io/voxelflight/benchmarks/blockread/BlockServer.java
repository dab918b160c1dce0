package io.voxelflight.benchmarks.blockread;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.voxelflight.blockio.assemble.ArrayReader;
import io.voxelflight.blockio.assemble.ChunkCache;
import io.voxelflight.blockio.assemble.DiskCache;
import io.voxelflight.blockio.assemble.ReadLimits;
import io.voxelflight.blockio.assemble.StoredVolumeOpener;
import io.voxelflight.blockio.assemble.VolumeOpener;
import io.voxelflight.blockio.assemble.VolumeReader;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.flight.access.Doorkeeper;
import io.voxelflight.flight.rpc.FlightDoor;
import io.voxelflight.flight.rpc.FlightDoorSettings;
import io.voxelflight.flight.stream.BlockEngine;
import io.voxelflight.flight.stream.StreamMetrics;
import io.voxelflight.flight.ticket.TicketKeys;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.VolumeKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.arrow.flight.sql.NoOpFlightSqlProducer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** Serves the volumes of a folder through Flight; prints {@code ready ADDRESS} and ends when its standard input does. */
public final class BlockServer {
    private static final String HOST = "127.0.0.1";
    private static final int STREAMS = 64;
    private static final long STREAM_BYTES = 512L << 20;

    private BlockServer() {}

    /** @param args folder of volumes, bytes of chunk cache, bytes of disk cache (0: none) and its folder */
    public static void main(String[] args) throws IOException {
        long diskBytes = Long.parseLong(args[2]);
        try (BufferAllocator allocator = new RootAllocator();
                DiskCache disk = diskBytes == 0 ? null : DiskCache.open(Path.of(args[3]), diskBytes);
                ChunkCache cache = new ChunkCache(allocator, Long.parseLong(args[1]), disk)) {
            VolumeOpener opener = new StoredVolumeOpener(allocator, cache, ReadLimits.DEFAULT);
            FlightDoorSettings settings = new FlightDoorSettings(HOST, 0, null, true);
            SimpleMeterRegistry metrics = new SimpleMeterRegistry();
            Volumes volumes = new Volumes(Path.of(args[0]), opener);
            try (BlockEngine blocks = new BlockEngine(
                            STREAMS, STREAM_BYTES, allocator, volumes, opener, new StreamMetrics(metrics));
                    FlightDoor door = FlightDoor.start(
                            settings,
                            blocks,
                            allocator,
                            Doorkeeper.OPEN,
                            TicketKeys.of(new byte[32]),
                            new NoOpFlightSqlProducer(),
                            metrics)) {
                System.out.println("ready grpc://" + HOST + ":" + door.port());
                while (System.in.read() >= 0) {
                    // until the end
                }
            }
        }
    }

    /** Each folder is a dataset of its name. */
    private static final class Volumes implements DatasetReader {
        private final Map<String, Dataset> datasets = new TreeMap<>();

        Volumes(Path folder, VolumeOpener opener) throws IOException {
            try (Stream<Path> all = Files.list(folder)) {
                all.filter(Files::isDirectory).forEach(volume -> {
                    String name = volume.getFileName().toString();
                    datasets.put(name, dataset(name, volume, opener));
                });
            }
        }

        private static Dataset dataset(String name, Path folder, VolumeOpener opener) {
            try (VolumeReader reader = opener.open(folder.toUri())) {
                ArrayReader array = reader.levels().get(0);
                Level level = new Level(
                        0,
                        array.extent(),
                        array.chunkShape(),
                        array.chunkShape().extent(),
                        null,
                        "",
                        0);
                return new Dataset(
                        UUID.randomUUID(),
                        new DatasetName(name),
                        VolumeKind.IMAGE,
                        array.elementType(),
                        "zyx",
                        null,
                        null,
                        List.of(),
                        folder.toUri().toString(),
                        List.of(level),
                        JsonNodeFactory.instance.objectNode(),
                        Instant.EPOCH);
            }
        }

        @Override
        public List<Dataset> datasets() {
            return List.copyOf(datasets.values());
        }

        @Override
        public Optional<Dataset> find(DatasetName name) {
            return Optional.ofNullable(datasets.get(name.value()));
        }
    }
}
