package io.voxelflight.benchmarks.flightstream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.voxelflight.blockio.assemble.ChunkCache;
import io.voxelflight.blockio.assemble.ReadLimits;
import io.voxelflight.blockio.assemble.StoredVolumeOpener;
import io.voxelflight.flight.access.Doorkeeper;
import io.voxelflight.flight.rpc.FlightDoor;
import io.voxelflight.flight.rpc.FlightDoorSettings;
import io.voxelflight.flight.stream.BlockEngine;
import io.voxelflight.flight.stream.StreamMetrics;
import io.voxelflight.flight.ticket.TicketKeys;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.arrow.flight.sql.NoOpFlightSqlProducer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** One of the servers that are compared; prints {@code ready PORT} and ends when its standard input does. */
public final class Server {
    private static final String HOST = "127.0.0.1";

    private Server() {}

    /** @param args {@code own}, {@code fallback}, {@code stock} or {@code socket}, and an empty folder */
    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "own", "fallback" -> door(args[0].equals("own"), Path.of(args[1]));
            case "stock" -> {
                try (StockServer server = new StockServer(HOST)) {
                    wait(server.port());
                }
            }
            case "socket" -> {
                try (SocketServer server = new SocketServer(HOST)) {
                    wait(server.port());
                }
            }
            default -> throw new IllegalArgumentException("there is no server '" + args[0] + "'");
        }
    }

    private static void door(boolean ownDoGet, Path folder) throws IOException {
        try (BufferAllocator allocator = new RootAllocator();
                ChunkCache cache = new ChunkCache(allocator, 512 << 20)) {
            WarmVolumes volumes = new WarmVolumes(folder, allocator);
            FlightDoorSettings settings = new FlightDoorSettings(HOST, 0, null, ownDoGet);
            SimpleMeterRegistry metrics = new SimpleMeterRegistry();
            try (BlockEngine blocks = new BlockEngine(
                            64,
                            512 << 20,
                            allocator,
                            volumes,
                            new StoredVolumeOpener(allocator, cache, ReadLimits.DEFAULT),
                            new StreamMetrics(metrics));
                    FlightDoor door = FlightDoor.start(
                            settings,
                            blocks,
                            allocator,
                            Doorkeeper.OPEN,
                            TicketKeys.of(new byte[32]),
                            new NoOpFlightSqlProducer(),
                            metrics)) {
                wait(door.port());
                System.out.println("messages copied: " + door.frames().copied());
            }
        }
    }

    private static void wait(int port) throws IOException {
        System.out.println("ready " + port);
        while (System.in.read() >= 0) {
            // until the end
        }
    }
}
