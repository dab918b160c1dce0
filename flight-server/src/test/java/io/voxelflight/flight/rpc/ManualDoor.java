package io.voxelflight.flight.rpc;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** Serves a few volumes for trying things out with other clients; ends when its standard input does. */
final class ManualDoor {
    private ManualDoor() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("manual-door");
        boolean own = args.length == 0 || !args[0].equals("stock");
        try (BufferAllocator root = new RootAllocator();
                DoorFixture fixture = new DoorFixture(root, folder, DoorFixture.settings(own))) {
            BlockShape chunk = new BlockShape(64, 64, 64);
            Extent small = Extent.zyx(150, 170, 130);
            fixture.volumes.add(
                    "bytes", ElementType.UINT8, "zyx", List.of(small, Extent.zyx(75, 85, 65)), BlockShape.DEFAULT);
            fixture.volumes.add("shorts", ElementType.UINT16, "zyx", small, chunk);
            fixture.volumes.add("floats", ElementType.FLOAT32, "zyx", small, chunk);
            fixture.volumes.add("time", ElementType.UINT16, "tczyx", new Extent(3, 2, 40, 50, 60), chunk);
            System.out.println("ready grpc://127.0.0.1:" + fixture.door.port());
            while (System.in.read() >= 0) {
                // until the end
            }
        }
    }
}
