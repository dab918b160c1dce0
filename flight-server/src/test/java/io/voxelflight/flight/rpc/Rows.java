package io.voxelflight.flight.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.flight.stream.BlockSchema;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;

/** Reads answers through the Java client and compares every voxel with what {@link TestVolumes} wrote. */
final class Rows {
    private Rows() {}

    static List<Row> read(FlightClient client, FlightDescriptor descriptor, Dataset dataset, int level)
            throws Exception {
        FlightInfo info = client.getInfo(descriptor);
        List<Row> rows = new ArrayList<>();
        for (FlightEndpoint endpoint : info.getEndpoints()) {
            try (FlightStream stream = client.getStream(endpoint.getTicket())) {
                assertThat(stream.getSchema())
                        .isEqualTo(info.getSchemaOptional().orElseThrow());
                while (stream.next()) {
                    rows.add(check(stream.getRoot(), dataset, level));
                }
            }
        }
        assertThat(rows).hasSize((int) info.getRecords());
        return rows;
    }

    /** Every batch as an IPC stream of its own, so that two answers can be compared byte for byte. */
    static List<byte[]> serialized(FlightClient client, FlightDescriptor descriptor) throws Exception {
        List<byte[]> batches = new ArrayList<>();
        for (FlightEndpoint endpoint : client.getInfo(descriptor).getEndpoints()) {
            try (FlightStream stream = client.getStream(endpoint.getTicket())) {
                while (stream.next()) {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    VectorSchemaRoot root = stream.getRoot();
                    root.getSchema(); // the dataset's id differs from one door to the next: write the vectors only
                    try (VectorSchemaRoot bare = new VectorSchemaRoot(root.getFieldVectors());
                            ArrowStreamWriter writer = new ArrowStreamWriter(bare, null, Channels.newChannel(bytes))) {
                        writer.writeBatch();
                    }
                    batches.add(bytes.toByteArray());
                }
            }
        }
        return batches;
    }

    private static Row check(VectorSchemaRoot root, Dataset dataset, int level) {
        assertThat(root.getRowCount()).isEqualTo(1);
        Point origin = new Point(
                ((BigIntVector) root.getVector("t")).get(0),
                ((BigIntVector) root.getVector("c")).get(0),
                ((BigIntVector) root.getVector("z")).get(0),
                ((BigIntVector) root.getVector("y")).get(0),
                ((BigIntVector) root.getVector("x")).get(0));
        Row row = new Row(
                origin,
                ((IntVector) root.getVector("valid_z")).get(0),
                ((IntVector) root.getVector("valid_y")).get(0),
                ((IntVector) root.getVector("valid_x")).get(0));
        FixedSizeListVector tensor = (FixedSizeListVector) root.getVector("tensor");
        assertThat(root.getSchema().getCustomMetadata()).containsEntry(BlockSchema.LEVEL_KEY, String.valueOf(level));
        voxels(row, tensor, shape(tensor), dataset, level);
        return row;
    }

    private static BlockShape shape(FixedSizeListVector tensor) {
        String json = String.valueOf(tensor.getField().getMetadata().get("ARROW:extension:metadata"));
        String[] sides = json.replaceAll("[^0-9,]", "").split(",");
        return new BlockShape(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]), Integer.parseInt(sides[2]));
    }

    private static void voxels(Row row, FixedSizeListVector tensor, BlockShape shape, Dataset dataset, int level) {
        ElementType type = dataset.elementType();
        ByteBuffer bytes = tensor.getDataVector()
                .getDataBuffer()
                .nioBuffer(0, shape.voxels() * type.bytes())
                .order(ByteOrder.LITTLE_ENDIAN);
        Extent volume = dataset.levels().get(level).extent();
        Point o = row.origin();
        long firstZ = Math.max(0, o.z());
        long firstY = Math.max(0, o.y());
        long firstX = Math.max(0, o.x());
        for (int z = 0; z < shape.z(); z++) {
            for (int y = 0; y < shape.y(); y++) {
                for (int x = 0; x < shape.x(); x++) {
                    long vz = o.z() + z;
                    long vy = o.y() + y;
                    long vx = o.x() + x;
                    boolean valid = vz >= firstZ
                            && vz < firstZ + row.validZ()
                            && vy >= firstY
                            && vy < firstY + row.validY()
                            && vx >= firstX
                            && vx < firstX + row.validX();
                    boolean inside =
                            vz >= 0 && vz < volume.z() && vy >= 0 && vy < volume.y() && vx >= 0 && vx < volume.x();
                    int at = ((z * shape.y() + y) * shape.x() + x) * type.bytes();
                    if (valid || !inside) {
                        long expected = inside ? TestVolumes.value(o.t(), o.c(), vz, vy, vx, level) : 0;
                        if (!equal(bytes, at, type, expected)) {
                            throw new AssertionError("voxel " + vz + ", " + vy + ", " + vx + " of " + row
                                    + " is wrong, should be " + expected);
                        }
                    }
                }
            }
        }
    }

    private static boolean equal(ByteBuffer bytes, int at, ElementType type, long expected) {
        return switch (type) {
            case FLOAT32 -> bytes.getFloat(at) == (float) expected;
            case FLOAT64 -> bytes.getDouble(at) == (double) expected;
            default ->
                switch (type.bytes()) {
                    case 1 -> bytes.get(at) == (byte) expected;
                    case 2 -> bytes.getShort(at) == (short) expected;
                    case 4 -> bytes.getInt(at) == (int) expected;
                    default -> bytes.getLong(at) == expected;
                };
        };
    }
}
