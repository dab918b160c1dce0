package io.voxelflight.flight.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.blockio.assemble.ArrayReader;
import io.voxelflight.blockio.assemble.ReadTally;
import io.voxelflight.blockio.assemble.VolumeOpener;
import io.voxelflight.blockio.assemble.VolumeReader;
import io.voxelflight.blockio.format.VolumeMetadata;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.testkit.AllocatorExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.sql.NoOpFlightSqlProducer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientsThatGoTest {
    private static final BlockShape CHUNK = new BlockShape(32, 32, 32);

    @TempDir
    Path folder;

    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void clientsKilledAtAnyMomentLeaveNothing(boolean own) throws Exception {
        try (DoorFixture fixture = new DoorFixture(memory.allocator(), folder, DoorFixture.settings(own));
                FlightClient client = fixture.client()) {
            fixture.volumes.add("a", ElementType.UINT16, "zyx", Extent.zyx(128, 128, 128), CHUNK);
            byte[] aligned = RawReader.ticket(client, "{'dataset':'a','block':[32,32,32]}");
            byte[] unaligned = RawReader.ticket(
                    client, "{'dataset':'a','block':[50,50,50],'box':{'start':[1,1,1],'stop':[127,127,127]}}");
            Random random = new Random(11);
            for (int i = 0; i < 50; i++) {
                RawReader reader = new RawReader(fixture.door.port(), random.nextBoolean() ? aligned : unaligned);
                reader.take(random.nextInt(40));
                Thread.sleep(random.nextInt(12));
                if (random.nextInt(3) == 0) {
                    reader.cancel();
                }
                reader.close();
                assertThat(reader.channel.awaitTermination(10, TimeUnit.SECONDS))
                        .isTrue();
            }
            Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                assertThat(fixture.blocks.gate().running()).isZero();
                assertThat(fixture.blocks.budget().taken()).isZero();
                assertThat(fixture.blocks.allocatedBytes()).isZero();
            });
        }
    }

    @Test
    void aCancelStopsReadingAtOnce() throws Exception {
        Slow slow = new Slow();
        try (DoorFixture fixture = new DoorFixture(
                        memory.allocator(),
                        folder,
                        DoorFixture.settings(true),
                        slow::around,
                        new NoOpFlightSqlProducer());
                FlightClient client = fixture.client()) {
            fixture.volumes.add("a", ElementType.UINT8, "zyx", Extent.zyx(64, 64, 64), CHUNK);
            byte[] ticket = RawReader.ticket(client, "{'dataset':'a','block':[32,32,32]}");
            long best = Long.MAX_VALUE;
            for (int i = 0; i < 5; i++) {
                slow.reading = new CountDownLatch(1);
                slow.stoppedNanos.set(0);
                try (RawReader reader = new RawReader(fixture.door.port(), ticket)) {
                    assertThat(slow.reading.await(10, TimeUnit.SECONDS)).isTrue();
                    long start = System.nanoTime();
                    reader.cancel();
                    Awaitility.await().until(() -> slow.stoppedNanos.get() != 0);
                    best = Math.min(best, slow.stoppedNanos.get() - start);
                }
                Awaitility.await().until(() -> fixture.blocks.gate().running() == 0);
            }
            assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(100));
        }
    }

    /** Reads that last until they are cancelled. */
    private static final class Slow {
        volatile CountDownLatch reading = new CountDownLatch(1);
        final AtomicLong stoppedNanos = new AtomicLong();

        VolumeOpener around(VolumeOpener opener) {
            return (location, axes) -> {
                VolumeReader volume = opener.open(location, axes);
                return new VolumeReader() {
                    @Override
                    public VolumeMetadata metadata() {
                        return volume.metadata();
                    }

                    @Override
                    public List<ArrayReader> levels() {
                        return volume.levels().stream()
                                .map(array -> (ArrayReader) new SlowArray(array))
                                .toList();
                    }

                    @Override
                    public void close() {
                        volume.close();
                    }
                };
            };
        }

        private final class SlowArray implements ArrayReader {
            private final ArrayReader array;

            SlowArray(ArrayReader array) {
                this.array = array;
            }

            @Override
            public boolean isRemote() {
                return false;
            }

            @Override
            public Extent extent() {
                return array.extent();
            }

            @Override
            public ElementType elementType() {
                return array.elementType();
            }

            @Override
            public BlockShape chunkShape() {
                return array.chunkShape();
            }

            @Override
            public byte[] fillValue() {
                return array.fillValue();
            }

            @Override
            public ArrowBuf readBlock(
                    Point origin,
                    BlockShape shape,
                    BufferAllocator allocator,
                    Cancellation cancellation,
                    ReadTally tally) {
                reading.countDown();
                try {
                    while (!cancellation.isCancelled()) {
                        Thread.sleep(1);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                stoppedNanos.compareAndSet(0, System.nanoTime());
                return array.readBlock(origin, shape, allocator, cancellation, tally);
            }

            @Override
            public void readBox(Box box, ArrowBuf destination, Cancellation cancellation) {
                array.readBox(box, destination, cancellation);
            }
        }
    }
}
