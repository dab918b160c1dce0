package io.voxelflight.benchmarks.flightstream;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ElementType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.flight.BackpressureStrategy;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.NoOpFlightProducer;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Arrow Java's own Flight server as its documentation has it, sending batches of our schema that lie ready in memory. */
final class StockServer implements AutoCloseable {
    private final BufferAllocator allocator = new RootAllocator();
    private final Map<String, List<ArrowRecordBatch>> batches = new LinkedHashMap<>();
    private final FlightServer server;

    StockServer(String host) throws Exception {
        Random random = new Random(1);
        for (ElementType type : WarmVolumes.TYPES) {
            List<ArrowRecordBatch> blocks = new ArrayList<>();
            for (int i = 0; i < WarmVolumes.BLOCKS; i++) {
                blocks.add(batch(type, random));
            }
            batches.put(type.numpyName(), blocks);
        }
        server = FlightServer.builder(allocator, Location.forGrpcInsecure(host, 0), new Producer())
                .build()
                .start();
    }

    int port() {
        return server.getPort();
    }

    private ArrowRecordBatch batch(ElementType type, Random random) {
        try (VectorSchemaRoot root = VectorSchemaRoot.create(schema(type), allocator)) {
            for (FieldVector vector : root.getFieldVectors()) {
                if (vector instanceof BigIntVector origin) {
                    origin.setSafe(0, 0);
                } else if (vector instanceof IntVector valid) {
                    valid.setSafe(0, BlockShape.DEFAULT.z());
                }
            }
            FixedSizeListVector tensor = (FixedSizeListVector) root.getVector("tensor");
            tensor.setInitialCapacity(1);
            tensor.allocateNew();
            tensor.setNotNull(0);
            int voxels = BlockShape.DEFAULT.voxels();
            FieldVector item = tensor.getDataVector();
            item.setInitialCapacity(voxels);
            item.allocateNew();
            WarmVolumes.fill(item.getDataBuffer(), (long) voxels * type.bytes(), random);
            item.getValidityBuffer().setOne(0, item.getValidityBuffer().capacity());
            item.setValueCount(voxels);
            tensor.setValueCount(1);
            root.setRowCount(1);
            return new VectorUnloader(root).getRecordBatch();
        }
    }

    private static Schema schema(ElementType type) {
        List<Field> fields = new ArrayList<>();
        for (String name : new String[] {"t", "c", "z", "y", "x"}) {
            fields.add(new Field(name, FieldType.notNullable(new ArrowType.Int(64, true)), null));
        }
        for (String name : new String[] {"valid_z", "valid_y", "valid_x"}) {
            fields.add(new Field(name, FieldType.notNullable(new ArrowType.Int(32, true)), null));
        }
        ArrowType voxel = type.isFloat()
                ? new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE)
                : new ArrowType.Int(type.bytes() * 8, false);
        Field item = new Field("item", FieldType.notNullable(voxel), null);
        ArrowType list = new ArrowType.FixedSizeList(BlockShape.DEFAULT.voxels());
        fields.add(new Field("tensor", FieldType.notNullable(list), List.of(item)));
        return new Schema(fields);
    }

    private final class Producer extends NoOpFlightProducer {
        /** Tickets are {@code TYPE COUNT}. */
        @Override
        public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
            String[] asked = new String(ticket.getBytes(), StandardCharsets.UTF_8).split(" ");
            BackpressureStrategy ready = new BackpressureStrategy.CallbackBackpressureStrategy();
            ready.register(listener);
            Thread thread = new Thread(() -> send(asked[0], Integer.parseInt(asked[1]), listener, ready));
            thread.start();
        }

        private void send(String type, int count, ServerStreamListener listener, BackpressureStrategy ready) {
            List<ArrowRecordBatch> blocks = batches.getOrDefault(type, List.of());
            try (VectorSchemaRoot root = VectorSchemaRoot.create(schema(ElementType.parse(type)), allocator)) {
                VectorLoader loader = new VectorLoader(root);
                listener.start(root);
                for (int i = 0; i < count; i++) {
                    loader.load(blocks.get(i % blocks.size()));
                    if (ready.waitForListener(60_000) != BackpressureStrategy.WaitResult.READY) {
                        return;
                    }
                    listener.putNext();
                }
                listener.completed();
            }
        }
    }

    @Override
    public void close() throws Exception {
        server.close();
        batches.values().forEach(blocks -> blocks.forEach(ArrowRecordBatch::close));
        allocator.close();
    }
}
