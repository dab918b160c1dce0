package io.voxelflight.flight.rpc;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.voxelflight.blockio.assemble.ChunkCache;
import io.voxelflight.blockio.assemble.ReadLimits;
import io.voxelflight.blockio.assemble.StoredVolumeOpener;
import io.voxelflight.blockio.assemble.VolumeOpener;
import io.voxelflight.flight.access.Doorkeeper;
import io.voxelflight.flight.stream.BlockEngine;
import io.voxelflight.flight.stream.StreamMetrics;
import io.voxelflight.flight.ticket.TicketKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlProducer;
import org.apache.arrow.flight.sql.NoOpFlightSqlProducer;
import org.apache.arrow.memory.BufferAllocator;

/** A door over volumes of a test, and all it needs. Closing it leaves the allocator empty, or fails the test. */
public final class DoorFixture implements AutoCloseable {
    public static final byte[] KEY = Arrays.copyOf("a key for tests".getBytes(StandardCharsets.UTF_8), 32);

    private static final int STREAMS = 64;
    private static final long STREAM_BYTES = 256 << 20;

    public final TestVolumes volumes;
    public final ChunkCache cache;
    public final BlockEngine blocks;
    public final FlightDoor door;
    public final BufferAllocator server;
    public final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final BufferAllocator root;

    public DoorFixture(BufferAllocator root, Path folder, FlightDoorSettings settings) {
        this(root, folder, settings, opener -> opener, new NoOpFlightSqlProducer());
    }

    public DoorFixture(
            BufferAllocator root,
            Path folder,
            FlightDoorSettings settings,
            UnaryOperator<VolumeOpener> around,
            FlightSqlProducer sql) {
        this(root, folder, settings, STREAMS, STREAM_BYTES, around, sql, Doorkeeper.OPEN);
    }

    public DoorFixture(
            BufferAllocator root,
            Path folder,
            FlightDoorSettings settings,
            int maxStreams,
            long streamBytes,
            UnaryOperator<VolumeOpener> around,
            FlightSqlProducer sql,
            Doorkeeper doorkeeper) {
        this.root = root;
        this.server = root.newChildAllocator("server", 0, Long.MAX_VALUE);
        this.volumes = new TestVolumes(folder, server);
        this.cache = new ChunkCache(server, 256 << 20);
        VolumeOpener opener = around.apply(new StoredVolumeOpener(server, cache, ReadLimits.DEFAULT));
        this.blocks = new BlockEngine(maxStreams, streamBytes, server, volumes, opener, new StreamMetrics(metrics));
        this.door = FlightDoor.start(settings, blocks, server, doorkeeper, TicketKeys.of(KEY), sql, metrics);
    }

    public static FlightDoorSettings settings(boolean ownDoGet) {
        return new FlightDoorSettings("127.0.0.1", 0, null, ownDoGet);
    }

    public Location location() {
        return Location.forGrpcInsecure("127.0.0.1", door.port());
    }

    public FlightClient client() {
        return FlightClient.builder(root, location()).build();
    }

    @Override
    public void close() {
        door.close();
        blocks.close();
        cache.close();
        server.close();
    }
}
