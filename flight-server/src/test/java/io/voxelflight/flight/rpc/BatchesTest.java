package io.voxelflight.flight.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.voxelflight.testkit.AllocatorExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.NoOpFlightSqlProducer;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that are not blocks: what Flight SQL sends, through the same DoGet. */
class BatchesTest {
    private static final Schema SCHEMA = new Schema(
            List.of(Field.nullable("n", new ArrowType.Int(32, true)), Field.nullable("text", ArrowType.Utf8.INSTANCE)));

    @TempDir
    Path folder;

    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @ParameterizedTest
    @ValueSource(strings = {"10 rows reused", "3000 rows reused", "3000 rows by reference", "0 rows reused"})
    void arriveAsTheyWere(String kind) throws Exception {
        int rows = Integer.parseInt(kind.substring(0, kind.indexOf(' ')));
        Table sql = new Table(memory.allocator(), rows, 20, kind.endsWith("reference"));
        try (DoorFixture fixture = open(sql);
                FlightClient client = fixture.client();
                FlightStream stream = client.getStream(ticket())) {
            assertThat(stream.getSchema()).isEqualTo(SCHEMA);
            int batches = 0;
            while (stream.next()) {
                VectorSchemaRoot root = stream.getRoot();
                assertThat(root.getRowCount()).isEqualTo(rows);
                for (int i = 0; i < rows; i++) {
                    Table.check(root, batches, i);
                }
                byte[] metadata = new byte[1];
                stream.getLatestMetadata().getBytes(0, metadata);
                assertThat(metadata[0]).isEqualTo((byte) batches);
                batches++;
            }
            assertThat(batches).isEqualTo(20);
            assertThat(fixture.door.frames().copied()).isZero();
            assertThat(fixture.door.frames().direct()).isEqualTo(21);
        }
    }

    @Test
    void aSlowClientHoldsTheServerBack() throws Exception {
        Table sql = new Table(memory.allocator(), 30_000, 400, false);
        try (DoorFixture fixture = open(sql);
                RawReader reader = new RawReader(fixture.door.port(), ticket().getBytes())) {
            Awaitility.await().until(() -> sql.sent.get() > 0);
            Awaitility.await().during(Duration.ofMillis(500)).until(() -> sql.sent.get() < 40);
            reader.take(1000);
            assertThat(reader.ended.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(reader.messages).hasValue(401);
        }
    }

    @Test
    void aCancelReachesTheProducerWhileItWorks() throws Exception {
        Table sql = new Table(memory.allocator(), 30_000, 1_000_000, false);
        try (DoorFixture fixture = open(sql)) {
            try (RawReader reader = new RawReader(fixture.door.port(), ticket().getBytes())) {
                Awaitility.await().until(() -> sql.sent.get() > 0);
                reader.cancel();
                assertThat(sql.cancelled.await(1, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(sql.ended.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void dictionariesAreRefused() throws Exception {
        Field encoded = new Field(
                "word", new FieldType(true, new ArrowType.Int(32, true), new DictionaryEncoding(1, false, null)), null);
        NoOpFlightSqlProducer sql = new NoOpFlightSqlProducer() {
            @Override
            public void getStreamStatement(
                    TicketStatementQuery query, CallContext context, ServerStreamListener listener) {
                try (VectorSchemaRoot root =
                        VectorSchemaRoot.create(new Schema(List.of(encoded)), memory.allocator())) {
                    listener.start(root, new DictionaryProvider.MapDictionaryProvider(), IpcOption.DEFAULT);
                }
            }
        };
        try (DoorFixture fixture = open(sql);
                FlightClient client = fixture.client();
                FlightStream stream = client.getStream(ticket())) {
            assertThatThrownBy(stream::next).hasMessageContaining("UNSUPPORTED: column 'word' is dictionary-encoded");
        }
    }

    @Test
    void healthIsAnsweredWhileQueriesBlock() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger running = new AtomicInteger();
        NoOpFlightSqlProducer sql = new NoOpFlightSqlProducer() {
            @Override
            public void getStreamStatement(
                    TicketStatementQuery query, CallContext context, ServerStreamListener listener) {
                running.incrementAndGet();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                listener.completed();
            }
        };
        ManagedChannel channel = null;
        try (DoorFixture fixture = open(sql);
                FlightClient client = fixture.client()) {
            List<RawReader> readers = new java.util.ArrayList<>();
            for (int i = 0; i < 70; i++) { // more than there are threads
                readers.add(new RawReader(fixture.door.port(), ticket().getBytes()));
            }
            Awaitility.await().until(() -> running.get() >= 60);
            channel = NettyChannelBuilder.forAddress("127.0.0.1", fixture.door.port())
                    .usePlaintext()
                    .build();
            HealthCheckResponse health = HealthGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(5, TimeUnit.SECONDS)
                    .check(HealthCheckRequest.getDefaultInstance());
            assertThat(health.getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
            end.countDown();
            for (RawReader reader : readers) {
                assertThat(reader.ended.await(10, TimeUnit.SECONDS)).isTrue();
                reader.close();
            }
        } finally {
            if (channel != null) {
                channel.shutdownNow();
            }
        }
    }

    private DoorFixture open(NoOpFlightSqlProducer sql) {
        return new DoorFixture(memory.allocator(), folder, DoorFixture.settings(true), opener -> opener, sql);
    }

    private static Ticket ticket() {
        return new Ticket(Any.pack(TicketStatementQuery.newBuilder()
                        .setStatementHandle(ByteString.copyFromUtf8("x"))
                        .build())
                .toByteArray());
    }

    /** Sends a table batch by batch from a thread of its own, when the listener is ready. */
    private static final class Table extends NoOpFlightSqlProducer {
        final AtomicInteger sent = new AtomicInteger();
        final CountDownLatch cancelled = new CountDownLatch(1);
        final CountDownLatch ended = new CountDownLatch(1);
        private final BufferAllocator allocator;
        private final int rows;
        private final int batches;
        private final boolean byReference;

        Table(BufferAllocator allocator, int rows, int batches, boolean byReference) {
            this.allocator = allocator;
            this.rows = rows;
            this.batches = batches;
            this.byReference = byReference;
        }

        @Override
        public void getStreamStatement(TicketStatementQuery query, CallContext context, ServerStreamListener listener) {
            Object signal = new Object();
            Runnable wake = () -> {
                synchronized (signal) {
                    signal.notifyAll();
                }
            };
            listener.setOnReadyHandler(wake);
            listener.setOnCancelHandler(() -> {
                cancelled.countDown();
                wake.run();
            });
            listener.setUseZeroCopy(byReference);
            Thread thread = new Thread(() -> {
                try (VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, allocator)) {
                    listener.start(root);
                    for (int batch = 0; batch < batches; batch++) {
                        synchronized (signal) {
                            while (!listener.isReady() && !listener.isCancelled()) {
                                signal.wait(100);
                            }
                        }
                        if (listener.isCancelled()) {
                            return;
                        }
                        fill(root, batch);
                        ArrowBuf metadata = allocator.buffer(1);
                        metadata.writeByte(batch);
                        listener.putNext(metadata);
                        sent.incrementAndGet();
                        if (byReference) {
                            root.clear();
                        }
                    }
                    listener.completed();
                } catch (InterruptedException e) {
                    listener.error(e);
                } finally {
                    ended.countDown();
                }
            });
            thread.start();
        }

        private void fill(VectorSchemaRoot root, int batch) {
            IntVector n = (IntVector) root.getVector("n");
            VarCharVector text = (VarCharVector) root.getVector("text");
            for (int i = 0; i < rows; i++) {
                if (i % 3 == 0) {
                    n.setNull(i);
                } else {
                    n.setSafe(i, batch * 1000 + i);
                }
                text.setSafe(i, ("row " + i + " of batch " + batch).getBytes(StandardCharsets.UTF_8));
            }
            root.setRowCount(rows);
        }

        static void check(VectorSchemaRoot root, int batch, int i) {
            IntVector n = (IntVector) root.getVector("n");
            if (n.isNull(i) != (i % 3 == 0) || (i % 3 != 0 && n.get(i) != batch * 1000 + i)) {
                throw new AssertionError("row " + i + " of batch " + batch + " has n " + n.getObject(i));
            }
            assertThat(root.getVector("text").getObject(i)).hasToString("row " + i + " of batch " + batch);
        }
    }
}
